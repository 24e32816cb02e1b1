#pragma once
// Lines out of a stream that comes in parts of any size.

#include <functional>
#include <string>
#include <string_view>

namespace latesyn {

class LineSplitter {
 public:
  /// A longer line comes in pieces, of which only the last is not longer than this.
  static constexpr std::size_t kLineMax = 64 << 10;

  /// `on_line` gets each line without its end.
  explicit LineSplitter(std::function<void(const std::string&)> on_line);

  void add(std::string_view part);
  /// What has no end yet is a line, too, unless it is empty.
  void end();

 private:
  std::function<void(const std::string&)> on_line_;
  std::string begun_;
};

}  // namespace latesyn
