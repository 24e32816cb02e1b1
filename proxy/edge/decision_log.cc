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
  if (lines_ == kLines_per_second) {
    ++left_out_;
    return;
  }
  ++lines_;
  spdlog::info(note_line(note));
}

void DecisionLog::begin_second() {
  if (left_out_ != 0) {
    spdlog::info("              … and {} more in this second (--events FILE has them all)",
                 left_out_);
  }
  lines_ = 0;
  left_out_ = 0;
}

}  // namespace latesyn
