#pragma once
// A file that is written to while the proxy runs. A full disk does not stop the proxy, and is not
// passed over in silence either.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace latesyn {

/// What the wall's clock showed when the proxy's time was zero.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

class OutputFile {
 public:
  /// Makes or empties the file. Throws std::runtime_error that names `what` ("the event log").
  OutputFile(const std::filesystem::path& path, std::string_view what);

  /// What can't be written is counted, and the first reason is logged.
  void write(std::string_view text);
  void write(std::span<const std::byte> bytes);
  /// Everything written so far can be read by others.
  void flush();
  /// False where something is missing.
  bool whole() const { return failures_ == 0; }

 private:
  void check(bool written);

  std::string name_;  // "the event log run.jsonl"
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  bool pending_ = false;
  std::uint64_t failures_ = 0;
};

}  // namespace latesyn
