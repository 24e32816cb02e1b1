// The engine where segments come from elsewhere: out of a capture, at the times that the policy
// gives them.

#include <algorithm>

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

void Engine::State::plan_replays() {
  for (const CaptureReplay& replay : policy().replays) {
    const RuleNumber rule = rules.book().number_of(replay.name);
    for (const RecordedPacket& recorded : replay.packets) {
      const auto view = TcpView::over(recorded.packet.bytes);
      const auto* const segment = std::get_if<TcpView>(&view);
      // What is no segment is for one of the workers to count.
      const bool ours = segment != nullptr ? is_ours(*segment) : place_.worker == 0;
      if (ours) replays_.push_back({replay.due(recorded), rule, recorded.packet});
    }
  }
  std::ranges::stable_sort(replays_, {}, &Replayed::due);
}

void Engine::State::replay_due(Time now, Actions& out) {
  while (replayed_ < replays_.size() && replays_[replayed_].due <= now) {
    Replayed& next = replays_[replayed_++];
    replay(next.rule, std::move(next.packet), now, out);
  }
}

/// It leaves as one more copy of what once crossed here: no rule acts on it, and a SYN counts as
/// late.
void Engine::State::replay(RuleNumber rule, Packet packet, Time now, Actions& out) {
  const auto view = TcpView::over(packet.bytes);
  const auto* const segment = std::get_if<TcpView>(&view);
  Flow* const flow = segment == nullptr ? nullptr : flow_of(*segment, now);
  if (flow == nullptr) {
    ++counters.forged_unsent;
    return;
  }
  const Segment described = flow->connection.elsewhere(*segment);
  rules.book().made(rule);
  Departure departure{.packet = std::move(packet),
                      .to = other(described.from),
                      .origin = Origin::copy,
                      .credit = {.made_by = rule}};
  send(*flow, {std::move(departure), described, now, outbox_.number(1)}, false, now, out);
}

}  // namespace latesyn
