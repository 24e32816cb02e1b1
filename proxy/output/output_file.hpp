#pragma once
// A file that is written to while the proxy runs. A full disk, or a reader that is too slow, does
// not stop the proxy, and is not passed over in silence either.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "proxy/output/background_writer.hpp"
#include "proxy/output/output_path.hpp"

namespace latesyn {

/// What the wall's clock showed when the proxy's time was zero.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// How a file is to be read: as it grows, or once it is whole.
enum class OutputForm : std::uint8_t { stream, object };

class OutputFile {
 public:
  /// So many bytes wait to be written at most: a second of a busy event log.
  static constexpr std::size_t kRoom = 32 << 20;
  static constexpr std::size_t kPiece = kRoom / 4;

  /// Makes or empties the file, as open_output() does; or, for an object, makes one that takes its
  /// place in finish(), if it is whole then. "-" is the standard output (standard_streams.hpp).
  /// Throws std::runtime_error that names `what` ("the event log").
  OutputFile(const std::filesystem::path& path, std::string_view what,
             const OutputRules& rules = {}, OutputForm form = OutputForm::stream);
  /// Waits as finish() does.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// One record, which stands in the file whole or not at all. What finds no room or can't be
  /// written is counted, and the first reason is logged.
  void write(std::string_view text);
  void write(std::span<const std::byte> bytes);
  /// One record of any size, a piece at a time. Waits for each as finish() does; where one can't be
  /// written, the rest is not.
  void write_large(std::string_view text);
  /// Lets others read what was written so far, soon: nobody waits for that.
  void flush() { writer_.flush(); }
  /// Waits until all is written, as long as it gets on, and logs what is missing. To be called
  /// before whole() and missing().
  void finish();
  /// False where something is missing.
  bool whole() const { return missing() == 0 && !out_of_place_; }
  /// Records that the file does not have.
  std::uint64_t missing() const { return writer_.missing(); }

 private:
  void publish();

  std::string name_;  // "the event log run.jsonl"
  std::atomic<bool> said_too_slow_ = false;
  std::atomic<bool> written_ = false;
  bool out_of_place_ = false;
  std::optional<Replacement> replacement_;
  BackgroundWriter writer_;
};

}  // namespace latesyn
