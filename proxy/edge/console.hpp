#pragma once
// Where the log goes while the proxy runs: lines on standard error and, where that is a terminal,
// one last line that shows how things stand.

#include <spdlog/sinks/base_sink.h>

#include <memory>
#include <mutex>
#include <string>

namespace latesyn {

class Console final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Made, and the log's only destination from now on.
  static std::shared_ptr<Console> install();

  /// Shows `text` below all lines, in place of what stood there. Nothing where no terminal is.
  void show_progress(const std::string& text);
  void clear_progress();

 private:
  Console();
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

  bool terminal_;
  std::string progress_;
};

}  // namespace latesyn
