// The engine where it keeps book about rules, by the numbers of their names, which outlive a
// reload; and about what they ask for.

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

/// As apply_rules; counts where they could not remember.
PipelineOutcome Engine::State::let_act(std::vector<Matched>& matched, Departure departure,
                                       const Crossing& crossing, std::size_t most) {
  PipelineOutcome outcome = apply_rules(matched, std::move(departure), crossing, most);
  counters.memories_full = rules.memory().full();
  counters.clients_forgotten = rules.memory().clients_forgotten();
  return outcome;
}

Planned Engine::State::planned(const Departure& d) const {
  return {d.to,
          d.origin,
          d.once,
          d.after,
          d.changed,
          d.icmp,
          rules.book().name_of(d.credit.made_by),
          rules.book().names_of(d.credit.changed_by)};
}

/// What is noted of one that has left.
Note Engine::State::departed(const Waiting& w, bool at_once, Time now) const {
  const Departure& d = w.departure;
  std::string rule = rules.book().name_of(d.credit.made_by);
  auto changed_by = rules.book().names_of(d.credit.changed_by);
  if (d.icmp) {
    return IcmpSent{
        now, w.segment, d.to, *d.icmp, std::move(rule), w.arrived, at_once, std::move(changed_by)};
  }
  return Departed{.at = now,
                  .segment = w.segment,
                  .to = d.to,
                  .origin = d.origin,
                  .rule = std::move(rule),
                  .arrived = w.arrived,
                  .at_once = at_once,
                  .changed = d.changed,
                  .changed_by = std::move(changed_by)};
}

/// What lies behind a segment. Where its connection's last one is not known, that is its flow's, at
/// `heard`.
Moments Engine::State::moments_of(const Flow& flow, const Segment& s,
                                  const std::optional<Time>& heard, Time now) {
  if (!rules.asks_for_moments()) return {};
  const bool opens = s.kind == SegmentKind::syn && s.from == Side::client && s.copy == 1;
  const bool begins = opens && beginnings_.began(flow.number, s.connection, now);
  Moments moments = beginnings_.of(flow.number, s.connection);
  beginnings_.heard(flow.number, s.connection, now);
  if (!begins && !moments.heard) moments.heard = heard;
  return moments;
}

}  // namespace latesyn
