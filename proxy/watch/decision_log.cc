#include "proxy/watch/decision_log.hpp"

#include <spdlog/spdlog.h>

#include "proxy/notes/note_text.hpp"

namespace latesyn {
namespace {

/// What only passes by, or wakes nobody, is no decision of a rule's; whoever steers the run tells
/// of that.
bool worth_telling(const Note& note) {
  if (const auto* arrived = std::get_if<Arrived>(&note)) return !arrived->rules.empty();
  if (const auto* resumed = std::get_if<Resumed>(&note)) return resumed->planned.empty();
  if (const auto* triggered = std::get_if<Triggered>(&note)) return triggered->woken != 0;
  return !std::holds_alternative<Released>(note) && !std::holds_alternative<Reloaded>(note);
}

}  // namespace

void DecisionLog::on_note(const Note& note, Bytes) {
  if (!worth_telling(note)) return;
  // Asked before it is raised, so that it can't come round to zero.
  if (looked_at_ >= kLookedAtMax || looked_at_++ >= kLookedAtMax) {
    ++left_out_;
    return;
  }
  const auto* judged = std::get_if<Judged>(&note);
  if (judged != nullptr && has_told(judged->late_syn)) return;
  if (tells(kind_text(note))) spdlog::info(note_line(note));
}

bool DecisionLog::has_told(const LateSyn& late) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = outcomes_.try_emplace(late.id, late.outcome);
  if (!is_new && at->second == late.outcome) return true;
  at->second = late.outcome;
  if (outcomes_.size() > kLateSynsMax) outcomes_.erase(outcomes_.begin());
  return false;
}

bool DecisionLog::tells(const std::string& kind) {
  const std::lock_guard lock(mutex_);
  Alike& alike = alike_[kind];
  if (alike.told < kAlikeMax && lines_ < kLinesMax) {
    ++alike.told;
    ++lines_;
    return true;
  }
  if (alike.told != 0) {
    ++alike.left_out;
  } else {
    ++left_out_;
  }
  return false;
}

void DecisionLog::begin_second() {
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, alike] : alike_) {
    if (alike.left_out == 0) continue;
    spdlog::info("              … and {} more like {}", alike.left_out, kind);
  }
  if (const auto left_out = left_out_.exchange(0)) {
    spdlog::info("              … and {} more in this second (--events FILE has them all)",
                 left_out);
  }
  lines_ = 0;
  alike_.clear();
  looked_at_ = 0;
}

}  // namespace latesyn
