#include "proxy/edge/console.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>

namespace latesyn {
namespace {

constexpr const char* kEraseLine = "\r\x1b[K";

const char* level_text(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return "error: ";
  return level == spdlog::level::warn ? "warning: " : "";
}

}  // namespace

Console::Console() : terminal_(::isatty(STDERR_FILENO) == 1) {}

std::shared_ptr<Console> Console::install() {
  std::shared_ptr<Console> console(new Console);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("latesyn", console));
  return console;
}

void Console::show_progress(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (!terminal_ || text == progress_) return;
  progress_ = text;
  std::fprintf(stderr, "%s%s", kEraseLine, progress_.c_str());
}

void Console::clear_progress() {
  const std::lock_guard lock(mutex_);
  if (!progress_.empty()) std::fputs(kEraseLine, stderr);
  progress_.clear();
}

void Console::sink_it_(const spdlog::details::log_msg& message) {
  const std::string line =
      fmt::format("{}{}{}\n{}", progress_.empty() ? "" : kEraseLine, level_text(message.level),
                  fmt::string_view(message.payload), progress_);
  std::fputs(line.c_str(), stderr);
}

void Console::flush_() { std::fflush(stderr); }

}  // namespace latesyn
