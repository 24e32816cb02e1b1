#include "tests/netns/torture/outputs.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "proxy/linux/exit_status.hpp"

namespace latesyn::torture {
namespace {

/// Its reader stops after any number of bytes, or has never begun.
std::unique_ptr<UnreadPipe> stopped_pipe(Rng& rng) {
  const auto room = rng() % 2 == 0 ? 0 : rng() % UnreadPipe::kSize;
  return std::make_unique<UnreadPipe>(static_cast<int>(room));
}

}  // namespace

Outputs::Outputs(const Router& router, Rng& rng) {
  switch (rng() % 7) {
    case 0:
      arguments_ = {"--events", "/dev/full"};
      disk_is_full_ = true;
      break;
    case 1:
      arguments_ = {"--events", router.path("events")};
      break;
    case 2:
      arguments_ = {"--pcap", router.path("pcap")};
      break;
    case 3:
      arguments_ = {"--events", "-"};
      events_ = stopped_pipe(rng);
      break;
    default:
      break;
  }
  const auto log = rng() % 4;
  // The report goes there too where the events have the standard output, and waits for its reader.
  if (log == 0 && !events_) log_ = stopped_pipe(rng);
  if (log == 1) terminal_ = std::make_unique<Terminal>();
}

ProgramSettings Outputs::settings() const {
  ProgramSettings settings;
  settings.before_start = [this] {
    if (terminal_) terminal_->attach();
    if (log_) ::dup2(log_->end(), STDERR_FILENO);
    if (events_) ::dup2(events_->end(), STDOUT_FILENO);
  };
  return settings;
}

int Outputs::status(const nlohmann::json& report) const {
  // What the pipe still had room for may have been all that there was to write.
  const bool misses_events = events_ && report["unwritten"]["events"] != 0;
  const bool misses_report = events_ && terminal_;  // it went to the terminal, which is closed
  return disk_is_full_ || misses_events || misses_report ? kNotWhole : kAsExpected;
}

}  // namespace latesyn::torture
