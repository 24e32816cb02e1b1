#pragma once
// Where the log goes while the proxy runs: lines on standard error and, where that is a terminal,
// one last line that shows how things stand. Nobody who logs waits for who reads: what finds no
// room is left out, and counted.

#include <spdlog/sinks/base_sink.h>

#include <memory>
#include <mutex>
#include <string>

#include "proxy/output/background_writer.hpp"

namespace latesyn {

class Console final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Made, and the log's only destination from now on. What is said last is written where
  /// finish_output() is called at the end (standard_streams.hpp).
  static std::shared_ptr<Console> install();

  /// Shows `text` below all lines, in place of what stood there. Nothing where no terminal is.
  void show_progress(const std::string& text);
  void clear_progress();
  /// Waits until all that was said is written, as long as it gets on.
  void finish() { writer_.drain(); }
  /// Lines that nobody will read.
  std::uint64_t missing() const { return writer_.missing(); }

 private:
  Console();
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override { finish(); }
  bool put(const std::string& text);

  bool terminal_;
  std::string progress_;
  std::uint64_t left_out_ = 0;  // since the last line that found room
  BackgroundWriter writer_;
};

}  // namespace latesyn
