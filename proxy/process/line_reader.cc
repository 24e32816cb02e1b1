#include "proxy/process/line_reader.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>

namespace latesyn {

LineReader::LineReader(uv_loop_s* loop, Descriptor fd,
                       std::function<void(const std::string&)> on_line)
    : fd_(std::move(fd)),
      on_line_(std::move(on_line)),
      splitter_([this](const std::string& line) { give(line); }) {
  ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  readable_.emplace(loop, fd_.get(), [this] { read(); });
}

void LineReader::read() {
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t n = ::read(fd_.get(), part.data(), part.size());
    if (n < 0) return;  // nothing there now
    if (n == 0) {
      splitter_.end();
      readable_.reset();
      return;
    }
    splitter_.add({part.data(), static_cast<std::size_t>(n)});
  }
}

void LineReader::give(const std::string& line) {
  constexpr std::size_t kTailMax = 10;
  tail_.push_back(line);
  if (tail_.size() > kTailMax) tail_.pop_front();
  on_line_(line);
}

}  // namespace latesyn
