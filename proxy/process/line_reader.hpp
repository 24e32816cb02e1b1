#pragma once
// The lines that another program writes, one call each, on libuv's loop.

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "proxy/linux/descriptor.hpp"
#include "proxy/loop/readable.hpp"
#include "proxy/process/line_splitter.hpp"

namespace latesyn {

class LineReader {
 public:
  /// Takes over `fd`. Lines longer than 64 KiB come in pieces. Throws std::runtime_error.
  LineReader(uv_loop_s* loop, Descriptor fd, std::function<void(const std::string&)> on_line);
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// Reads all that is there, without waiting.
  void read();
  /// The last lines, at most ten.
  const std::deque<std::string>& tail() const { return tail_; }

 private:
  void give(const std::string& line);

  Descriptor fd_;
  std::function<void(const std::string&)> on_line_;
  LineSplitter splitter_;
  std::deque<std::string> tail_;
  std::optional<Readable> readable_;
};

}  // namespace latesyn
