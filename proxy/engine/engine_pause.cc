// The engine where a departure has waited until it stands before a rule that remembers: from there
// on the rules decide about it as it is then, in the order in which such packets come.

#include "proxy/engine/departure_notes.hpp"
#include "proxy/engine/engine_state.hpp"

namespace latesyn {

/// Where what comes of it finds no room, it goes on as it is.
PipelineOutcome Engine::State::go_on(Flow& flow, const Waiting& waiting, const Pause& pause,
                                     Time now) {
  auto matched = rules.still_there(pause.rules);
  const auto size = static_cast<std::uint32_t>(waiting.departure.packet.bytes.size());
  const Crossing crossing{now, waiting.segment, size, flow, rules.memory()};
  PipelineOutcome outcome = let_act(matched, waiting.departure, crossing, pause.most);
  const bool many = outcome.departures.size() > pause.most;
  if (many) ++counters.copies_full;
  if (!many && has_room(flow, outcome.departures, std::nullopt)) return outcome;
  return {.departures = {waiting.departure}, .pending = {}};
}

void Engine::State::resume(Flow& flow, Waiting waiting, const Pause& pause, Time now,
                           Actions& out) {
  Departure& departure = waiting.departure;
  // Its wait is over: what the rules add counts from now.
  departure.once = Trigger::arrived;
  departure.after = Duration::zero();
  departure.credit.making = pause.making;
  departure.credit.wait = pause.wait;
  PipelineOutcome outcome = go_on(flow, waiting, pause, now);
  Resumed note{.at = now,
               .segment = waiting.segment,
               .to = departure.to,
               .origin = departure.origin,
               .arrived = waiting.arrived,
               .planned = {},
               .rule = outcome.departures.empty() ? rules.book().name_of(outcome.ended_by) : ""};
  for (Departure& d : outcome.departures) {
    if (happened(d.once, flow.connection, waiting.segment)) d.once = Trigger::arrived;
    if (d.credit.made_by != departure.credit.made_by) rules.book().made(d.credit.made_by);
    note.planned.push_back(planned(d, rules.book()));
  }
  if (outcome.departures.empty()) ++counters.departures_dropped;
  out.emplace_back(std::move(note));
  dispatch(flow, std::move(outcome), {waiting.segment, waiting.arrived}, now, out);
  flows_.attend(flow);
}

}  // namespace latesyn
