#include "proxy/edge/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "proxy/edge/standard_streams.hpp"
#include "proxy/edge/system_error.hpp"

namespace latesyn {
namespace {

/// Who opens a named pipe to write only is kept until somebody reads it.
bool is_named_pipe(const std::filesystem::path& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && S_ISFIFO(file.st_mode);
}

Descriptor open_output(const std::filesystem::path& path, std::string_view what,
                       const std::string& name) {
  if (path == "-") return take_standard_output(what);
  const int access = is_named_pipe(path) ? O_RDWR : O_WRONLY | O_CREAT | O_TRUNC;
  Descriptor file(::open(path.c_str(), access | O_CLOEXEC, 0666));
  if (!file) throw system_error("open " + name);
  return file;
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path, std::string_view what)
    : name_(fmt::format("{} {}", what, path == "-" ? "on the standard output" : path.string())),
      writer_(open_output(path, what, name_), kRoom, BackgroundWriter::OnError::give_up,
              [name = name_](int error) {
                spdlog::error("could not write {}: {}; it is not whole from here on", name,
                              reason(error));
              }) {}

OutputFile::~OutputFile() { writer_.drain(); }

void OutputFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void OutputFile::write(std::span<const std::byte> bytes) {
  if (writer_.put(bytes) || said_too_slow_.exchange(true)) return;
  spdlog::error("{} is read or written too slowly; it is not whole from here on", name_);
}

void OutputFile::finish() {
  writer_.drain();
  if (const auto count = writer_.missing()) {
    spdlog::warn("{} records of {} could not be written", count, name_);
  }
}

}  // namespace latesyn
