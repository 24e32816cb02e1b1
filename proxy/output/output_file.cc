#include "proxy/output/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "proxy/linux/system_error.hpp"
#include "proxy/output/standard_streams.hpp"

namespace latesyn {
namespace {

std::optional<Replacement> replacement(const std::filesystem::path& path, const std::string& name,
                                       const OutputRules& rules, OutputForm form) {
  if (form == OutputForm::stream || path == "-") return std::nullopt;
  return Replacement::of(path, name, rules);
}

Descriptor another(int descriptor) {
  Descriptor fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!fd) throw system_error("duplicate a file's descriptor");
  return fd;
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path, std::string_view what,
                       const OutputRules& rules, OutputForm form)
    : name_(fmt::format("{} {}", what, path == "-" ? "on the standard output" : path.string())),
      replacement_(replacement(path, name_, rules, form)),
      writer_(path == "-"    ? take_standard_output(what)
              : replacement_ ? another(replacement_->descriptor())
                             : open_output(path, name_, rules),
              kRoom, BackgroundWriter::OnError::give_up, [name = name_](int error) {
                spdlog::error("could not write {}: {}; it is not whole from here on", name,
                              reason(error));
              }) {}

OutputFile::~OutputFile() { writer_.drain(); }

void OutputFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void OutputFile::write(std::span<const std::byte> bytes) {
  written_ = true;
  if (writer_.put(bytes) || said_too_slow_.exchange(true)) return;
  spdlog::error("{} is read or written too slowly; it is not whole from here on", name_);
}

void OutputFile::write_large(std::string_view text) {
  while (!text.empty() && missing() == 0) {
    write(text.substr(0, kPiece));
    writer_.drain();
    text.remove_prefix(std::min(text.size(), kPiece));
  }
}

void OutputFile::finish() {
  writer_.drain();
  if (const auto count = writer_.missing()) {
    spdlog::warn("{} records of {} could not be written", count, name_);
  } else if (replacement_ && written_.exchange(false)) {
    publish();
  }
}

void OutputFile::publish() {
  try {
    replacement_->publish();
  } catch (const std::exception& error) {
    out_of_place_ = true;
    spdlog::error("{}", error.what());
  }
}

}  // namespace latesyn
