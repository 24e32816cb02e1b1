#include "proxy/edge/decision_log.hpp"

#include <spdlog/spdlog.h>

#include "proxy/edge/note_text.hpp"

namespace latesyn {
namespace {

/// What only passes by, or wakes nobody, is no decision of a rule's.
bool worth_telling(const Note& note) {
  if (const auto* arrived = std::get_if<Arrived>(&note)) return !arrived->rules.empty();
  if (const auto* triggered = std::get_if<Triggered>(&note)) return triggered->woken != 0;
  return true;
}

}  // namespace

void DecisionLog::on_note(const Note& note, Bytes) {
  if (!worth_telling(note)) return;
  // Asked before it is raised, so that it can't come round to zero.
  if (lines_ >= kLines_per_second || lines_++ >= kLines_per_second) {
    ++left_out_;
    return;
  }
  spdlog::info(note_line(note));
}

void DecisionLog::begin_second() {
  if (const auto left_out = left_out_.exchange(0)) {
    spdlog::info("              … and {} more in this second (--events FILE has them all)",
                 left_out);
  }
  lines_ = 0;
}

}  // namespace latesyn
