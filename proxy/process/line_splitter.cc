#include "proxy/process/line_splitter.hpp"

#include <utility>

namespace latesyn {

LineSplitter::LineSplitter(std::function<void(const std::string&)> on_line)
    : on_line_(std::move(on_line)) {}

void LineSplitter::add(std::string_view part) {
  for (auto at = part.find('\n'); at != part.npos; at = part.find('\n')) {
    begun_ += part.substr(0, at);
    part.remove_prefix(at + 1);
    on_line_(std::exchange(begun_, {}));
  }
  begun_ += part;
  if (begun_.size() > kLineMax) on_line_(std::exchange(begun_, {}));
}

void LineSplitter::end() {
  if (!begun_.empty()) on_line_(std::exchange(begun_, {}));
}

}  // namespace latesyn
