#pragma once
// One note of each kind, about the same connection, for tests of what is made of notes.

#include "proxy/engine/terms/action.hpp"

namespace latesyn::test {

inline Time at(Duration since_start) { return Time(since_start); }

inline Segment some_syn() {
  return {.flow = {{IpAddress::parse("10.1.0.2").value(), 4000},
                   {IpAddress::parse("10.2.0.2").value(), 80}},
          .from = Side::client,
          .kind = SegmentKind::syn,
          .flags = {.syn = true},
          .seq = Seq{7000},
          .ack = {},
          .connection = 3,
          .shown_seq = 100};
}

inline Arrived held_syn() {
  using namespace std::chrono_literals;
  return {.at = at(1500ms),
          .segment = some_syn(),
          .fate = Fate::captured,
          .rules = {"stuck"},
          .planned = {{.to = Side::server, .once = Trigger::closed, .after = 2s, .rule = "stuck"}},
          .rule = "stuck"};
}

inline Departed late_syn_departed() {
  using namespace std::chrono_literals;
  Departed note{.at = at(4s), .segment = some_syn(), .rule = "stuck", .arrived = at(1500ms)};
  note.segment.life = Life::stale;
  return note;
}

inline IcmpSent late_error() {
  using namespace std::chrono_literals;
  return {.at = at(1800ms),
          .segment = some_syn(),
          .to = Side::client,
          .error = Unreachable::host,
          .rule = "late error",
          .arrived = at(1500ms)};
}

inline Triggered closed_connection() {
  using namespace std::chrono_literals;
  return {at(2s), some_syn().flow, 3, Trigger::closed, 1};
}

inline Released released_by_hand() {
  using namespace std::chrono_literals;
  return {at(5s), 3};
}

inline Discarded discarded_by_hand() {
  using namespace std::chrono_literals;
  return {at(5s), some_syn(), Side::server, Origin::original, "stuck", at(1500ms)};
}

inline Switched rule_switched_off() {
  using namespace std::chrono_literals;
  return {at(5500ms), "stuck", false};
}

inline Reloaded another_policy() {
  using namespace std::chrono_literals;
  return {at(6s), "p.toml"};
}

inline Judged reset_late_syn() {
  using namespace std::chrono_literals;
  LateSyn late;
  late.id = 1;
  late.rule = "stuck";
  late.connection = 3;
  late.flow = some_syn().flow;
  late.outcome = Outcome::reset;
  late.arrived = at(1500ms);
  late.departed = at(4s);
  return {at(4s), late};
}

}  // namespace latesyn::test
