#include "proxy/edge/output_file.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "proxy/edge/system_error.hpp"

namespace latesyn {

OutputFile::OutputFile(const std::filesystem::path& path, std::string_view what)
    : name_(fmt::format("{} {}", what, path.string())), file_(std::fopen(path.c_str(), "we")) {
  if (!file_) throw system_error("open " + name_);
}

void OutputFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void OutputFile::write(std::span<const std::byte> bytes) {
  check(std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size());
  pending_ = true;
}

void OutputFile::flush() {
  if (!pending_) return;
  pending_ = false;
  check(std::fflush(file_.get()) == 0);
}

void OutputFile::check(bool written) {
  if (!written && failures_++ == 0) {
    spdlog::error("could not write {}: {}; it is not whole from here on", name_, reason(errno));
  }
}

}  // namespace latesyn
