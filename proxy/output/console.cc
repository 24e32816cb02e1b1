#include "proxy/output/console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace latesyn {
namespace {

constexpr const char* kEraseLine = "\r\x1b[K";
/// More than anybody reads.
constexpr std::size_t kRoom = 1 << 20;

const char* level_text(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return "error: ";
  return level == spdlog::level::warn ? "warning: " : "";
}

}  // namespace

Console::Console()
    : terminal_(::isatty(STDERR_FILENO) == 1),
      writer_(Descriptor(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO)), kRoom,
              BackgroundWriter::OnError::go_on) {}

std::shared_ptr<Console> Console::install() {
  std::shared_ptr<Console> console(new Console);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("latesyn", console));
  return console;
}

void Console::show_progress(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (!terminal_ || text == progress_) return;
  if (put(kEraseLine + text)) progress_ = text;
}

void Console::clear_progress() {
  const std::lock_guard lock(mutex_);
  if (!progress_.empty()) put(kEraseLine);
  progress_.clear();
}

void Console::sink_it_(const spdlog::details::log_msg& message) {
  const std::string gap =
      left_out_ == 0 ? "" : fmt::format("… {} lines left out, which found no reader\n", left_out_);
  const bool said =
      put(fmt::format("{}{}{}{}\n{}", progress_.empty() ? "" : kEraseLine, gap,
                      level_text(message.level), fmt::string_view(message.payload), progress_));
  left_out_ = said ? 0 : left_out_ + 1;
}

bool Console::put(const std::string& text) {
  const bool fits = writer_.put(std::as_bytes(std::span(text)));
  writer_.flush();
  return fits;
}

}  // namespace latesyn
