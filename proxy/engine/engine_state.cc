#include "proxy/engine/engine_state.hpp"

#include <algorithm>

#include "proxy/engine/departure_notes.hpp"
#include "proxy/engine/icmp_errors.hpp"
#include "proxy/packet/icmp_quote.hpp"
#include "proxy/packet/segment_checksum.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {
namespace {

/// A single departure of the packet that arrived, at once and untouched: no need to keep it.
bool passes(const Departures& departures) {
  return departures.size() == 1 && departures[0].origin == Origin::original &&
         !departures[0].changed && departures[0].leaves_at_once();
}

/// The name of the rule that says who shakes hands: the last of several.
std::string chooser(const std::vector<Matched>& matched) {
  std::string name;
  for (const Matched& m : matched) {
    if (m.rule->effects.handshake) name = m.rule->name;
  }
  return name;
}

}  // namespace

Verdict Engine::State::on_packet(Time now, const Incoming& packet, Actions& out) {
  ++counters.packets;
  if (is_icmp(packet.bytes)) return cross_icmp(packet, place_.stand, flows_, counters, out);
  const auto taken = intake_.take(now, packet, rules);
  if (!taken) return Verdict::accept;
  if (taken->supersedes) outbox_.supersede(*taken->flow);
  return decide(*taken->flow, {taken->segment, taken->view, now, taken->moments}, packet, out);
}

Verdict Engine::State::decide(Flow& flow, const Sight& sight, const Incoming& packet,
                              Actions& out) {
  const Segment& segment = sight.segment;
  const TcpView& view = sight.view;
  const Time now = sight.now;
  Arrived note{.at = now, .segment = segment};
  auto matched = rules.matching(sight);
  if (matched.empty()) return pass(flow, std::move(note), packet, now, out);
  for (const Matched& m : matched) rules.book().matched(m.number);
  Departure departure{.to = other(segment.from)};
  const bool parks = may_park(flow, matched, view, packet);
  if (capture(matched) && !parks) {
    if (!view.complete() || packet.bundle) {
      ++counters.incomplete;
      return pass(flow, std::move(note), packet, now, out);
    }
    const auto whole = packet.bytes.first(view.total_size());
    departure.packet.bytes.assign(whole.begin(), whole.end());
    if (packet.checksum_pending) TcpEdit::over(departure.packet.bytes).complete_checksum();
  }
  const std::size_t most = std::size_t{policy().limits.copies} + 1;
  const Crossing crossing{now, segment, static_cast<std::uint32_t>(view.total_size()), flow,
                          rules.memory()};
  PipelineOutcome outcomes = let_act(matched, std::move(departure), crossing, most);
  Departures& departures = outcomes.departures;
  if (departures.size() > most) {
    ++counters.copies_full;
    return pass(flow, std::move(note), packet, now, out);
  }
  const auto parked = parks ? std::optional(parked_as(packet, view)) : std::nullopt;
  if (!has_room(flow, departures, parked)) {
    return pass(flow, std::move(note), packet, now, out);
  }
  for (const Matched& m : matched) note.rules.push_back(m.rule->name);
  for (Departure& d : departures) {
    if (happened(d.once, flow.connection, segment)) d.once = Trigger::arrived;
  }
  if (passes(departures)) {
    if (departures[0].handshake) note.rule = chooser(matched);
    return pass(flow, std::move(note), packet, now, out, departures[0].handshake);
  }
  note.rule = rules.book().name_of(outcomes.ended_by);
  for (const Departure& d : departures) {
    rules.book().made(d.credit.made_by);
    note.planned.push_back(planned(d, rules.book()));
    if (d.origin == Origin::original) note.rule = note.planned.back().rule;
  }
  note.fate = departures.empty() ? Fate::dropped : Fate::captured;
  ++(departures.empty() ? counters.dropped : counters.captured);
  out.emplace_back(note);
  late_syns_.sent(flow, segment, now, out);
  const bool stays = parked && !departures.empty();
  dispatch(flow, std::move(outcomes), {segment, now, true, parked}, now, out);
  flows_.attend(flow);
  return stays ? Verdict::park : Verdict::drop;
}

Verdict Engine::State::pass(Flow& flow, Arrived note, const Incoming& packet, Time now,
                            Actions& out, const std::optional<HandshakeChoice>& chosen) {
  if (Relay* relay = relay_of(flow, note.segment, chosen, now, out)) {
    return pass_relay(flow, *relay, std::move(note), packet, now, out);
  }
  ++counters.passed;
  const Segment segment = note.segment;
  out.emplace_back(std::move(note));
  late_syns_.sent(flow, segment, now, out);
  if (flow.progress) flow.progress->arrived(segment);
  delivered(flow, segment, now, out);
  return Verdict::accept;
}

void Engine::State::dispatch(Flow& flow, PipelineOutcome outcome, const Cause& cause, Time now,
                             Actions& out) {
  Departures& departures = outcome.departures;
  if (cause.parked && !departures.empty()) ++counters.parked;
  const std::uint32_t first = outbox_.number(departures.size());
  const auto take = [&](std::size_t i) {
    const auto order = first + static_cast<std::uint32_t>(i);
    return Waiting{std::move(departures[i]), cause.segment, cause.arrived, order, cause.parked};
  };
  const std::size_t paused = outcome.pending.size(), ready = departures.size() - paused;
  // What one that leaves now brings about, the others may wait for: they are asleep before.
  for (std::size_t i = 0; i < ready; ++i) {
    if (!departures[i].leaves_at_once()) outbox_.keep(flow, take(i), now);
  }
  // A reload may have left less than there are.
  const std::size_t most = std::max(std::size_t{policy().limits.copies} + 1, departures.size());
  const std::size_t spare = most - departures.size();
  for (std::size_t i = 0; i < paused; ++i) {
    const Credit& credit = departures[ready + i].credit;
    Pause pause{std::move(outcome.pending[i]), 1 + spare / paused, credit.making, credit.wait};
    outbox_.keep(flow, take(ready + i), now, std::move(pause));
  }
  for (std::size_t i = 0; i < ready; ++i) {
    if (departures[i].leaves_at_once()) send(flow, take(i), cause.at_once, now, out);
  }
}

/// Says of a departure what it is now, and of which flow: what a rule has made may be of another
/// than what it was made of. Null where that finds no room.
Flow* Engine::State::describe(Flow& flow, Waiting& waiting, Time now) {
  if (!waiting.departure.is_made()) return &flow;
  const auto view = std::get<TcpView>(TcpView::over(waiting.departure.packet.bytes));
  const FlowKey key = flow.connection.flow();
  const bool from_client = view.from() == key.client && view.to() == key.server;
  if (from_client || (view.from() == key.server && view.to() == key.client)) {
    waiting.segment = flow.connection.made(view, waiting.segment);
    return &flow;
  }
  Flow* const own = intake_.flow_of(view, now, policy().traffic);
  if (own != nullptr) waiting.segment = own->connection.elsewhere(view);
  return own;
}

std::optional<Time> Engine::State::next_wakeup() const {
  std::optional<Time> next = outbox_.next();
  const auto sooner = [&next](const std::optional<Time>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  sooner(relays_.next());
  sooner(recordings_.next());
  return next;
}

void Engine::State::on_time(Time now, Actions& out, std::size_t most) {
  while (auto recorded = recordings_.take(now)) replay(std::move(*recorded), now, out);
  for (; most > 0; --most) {
    auto due = outbox_.take(now);
    if (!due) break;
    if (due->pause) {
      resume(*due->flow, std::move(due->waiting), *due->pause, now, out);
    } else {
      send(*due->flow, std::move(due->waiting), false, now, out);
    }
  }
  for (; most > 0; --most) {
    auto woken = relays_.wake(now);
    if (!woken) break;
    Flow& flow = *woken->flow;
    const Segment cause{.flow = flow.connection.flow(), .connection = flow.relayed};
    say(flow, *flow.relay, cause, std::move(woken->said), {}, now, out);
  }
}

/// It leaves as one more copy of what once crossed here: no rule acts on it, and a SYN counts as
/// late.
void Engine::State::replay(Recordings::Recorded recorded, Time now, Actions& out) {
  const auto view = TcpView::over(recorded.packet.bytes);
  const auto* const segment = std::get_if<TcpView>(&view);
  Flow* const flow =
      segment == nullptr ? nullptr : intake_.flow_of(*segment, now, policy().traffic);
  if (flow == nullptr) {
    ++counters.forged_unsent;
    return;
  }
  const Segment described = flow->connection.elsewhere(*segment);
  rules.book().made(recorded.rule);
  Departure departure{.packet = std::move(recorded.packet),
                      .to = other(described.from),
                      .origin = Origin::copy,
                      .credit = {.made_by = recorded.rule}};
  send(*flow, {std::move(departure), described, now, outbox_.number(1)}, false, now, out);
}

void Engine::State::send(Flow& cause, Waiting waiting, bool at_once, Time now, Actions& out) {
  Departure& d = waiting.departure;
  if (d.numbers && !at_once && cause.progress) bring_up_to_date(cause, waiting);
  const bool hop_is_ours = !is_forged(d.origin) && !waiting.parked;
  if (hop_is_ours && !place_.stand.let_pass(d.packet.bytes)) {
    ++counters.hops_exceeded;
    return;
  }
  if (auto elsewhere = stray(waiting, at_once)) {
    out.emplace_back(std::move(*elsewhere));
  } else if (Flow* const flow = describe(cause, waiting, now)) {
    depart(*flow, std::move(waiting), at_once, now, out);
  } else {
    ++counters.forged_unsent;
  }
}

void Engine::State::depart(Flow& flow, Waiting waiting, bool at_once, Time now, Actions& out) {
  Departure& d = waiting.departure;
  // What a rule has made wrong nobody believes.
  const bool spoiled = d.changed && !d.icmp && !has_right_checksum(d.packet.bytes);
  const bool syn =
      !d.icmp && !spoiled && waiting.segment.kind == SegmentKind::syn && d.to == Side::server;
  const bool again = syn && !(at_once && d.origin == Origin::original);
  const bool is_late = again && flow.connection.begins_stale(waiting.segment);
  if (is_late) waiting.segment.life = Life::stale;
  // An error goes back to the end that sent what it quotes: its numbers are that end's own. What
  // the kernel keeps was planned when no handshake was ours, and leaves as it was planned.
  Relay* const relay = d.icmp || spoiled || waiting.parked
                           ? nullptr
                           : relay_of(flow, waiting.segment, d.handshake, now, out);
  rules.book().left(d.credit.made_by);
  if (relay != nullptr && d.numbers && d.numbers->answers) {
    uncross(relay->join(), other(d.to), d.packet.bytes);
  }
  std::vector<Said> said;
  const Treatment treatment =
      relay == nullptr ? Treatment::pass
                       : relays_.cross(flow, *relay, waiting.segment, d.packet.bytes, now, said);
  if (treatment == Treatment::ended) {
    ++counters.departures_ended;
    if (again) late_syns_.left(flow, waiting, is_late, at_once, now, out);
  } else {
    ++counters.departed;
    if (waiting.parked) {
      out.emplace_back(Judge{waiting.parked->queue_id, flow.connection.flow(), Verdict::accept});
    } else {
      out.emplace_back(Transmit{d.to, std::move(d.packet)});
    }
    out.emplace_back(departed(waiting, at_once, now, rules.book()));
    // However long it has waited: its answer is yet to come.
    flows_.touch(flow, now);
    if (rules.asks_for_moments()) intake_.left(flow, waiting.segment.connection, now);
    if (again) late_syns_.left(flow, waiting, is_late, at_once, now, out);
    const bool is_theirs = !is_forged(d.origin) && !spoiled;
    if (is_theirs && flow.progress) flow.progress->arrived(waiting.segment);
    if (!d.icmp && !spoiled) delivered(flow, waiting.segment, now, out);
  }
  if (relay != nullptr) say(flow, *relay, waiting.segment, std::move(said), {}, now, out);
}

void Engine::State::delivered(Flow& flow, const Segment& segment, Time now, Actions& out) {
  late_syns_.delivered(flow, segment, now, out);
  // Data of a flow that the kernel took over once go by, or went by, unseen.
  const bool sees_all = sees_all_ && flow.handover == Handover::none;
  const auto change = flow.connection.delivered(segment, now, sees_all);
  flows_.attend(flow);
  if (segment.life == Life::stale) return;
  const auto let_go = [&](Trigger trigger) {
    const std::uint32_t woken = outbox_.wake(flow, trigger, segment.connection, now);
    out.emplace_back(Triggered{now, flow.connection.flow(), segment.connection, trigger, woken});
  };
  if (change.established && rules.asks_for_moments()) {
    intake_.completed(flow, segment.connection, now);
  }
  if (change.established) let_go(Trigger::established);
  if (change.closed) let_go(Trigger::closed);
}

void Engine::State::use(Time now, SharedPolicy policy, Actions& out) {
  rules.use(std::move(policy));
  // Of several engines that do the same, one says so.
  if (place_.worker == 0) out.emplace_back(Reloaded{now, rules.policy().file});
  look_at_policy();
}

void Engine::State::look_at_policy() {
  parks_ = can_park(policy());
  sees_all_ = place_.sees_all && make_plan(policy(), place_.stand).take == Take::all;
  flows_.see_all(sees_all_);
  if (!rules.asks_for_moments()) intake_.forget_moments();
}

void Engine::State::gave_up(Time now, const FlowKey& key, Actions& out) {
  Flow* const flow = flows_.find(key.client, key.server);
  if (flow != nullptr) late_syns_.gave_up(*flow, now, out);
}

void Engine::State::tell_sender(Packet error, Actions& out) {
  latesyn::tell_sender(std::move(error), flows_, out);
}

/// As apply_rules; counts where they could not remember.
PipelineOutcome Engine::State::let_act(std::vector<Matched>& matched, Departure departure,
                                       const Crossing& crossing, std::size_t most) {
  PipelineOutcome outcome = apply_rules(matched, std::move(departure), crossing, most);
  counters.memories_full = rules.memory().full();
  counters.clients_forgotten = rules.memory().clients_forgotten();
  return outcome;
}

Tables Engine::State::tables() {
  Tables tables{.flows = flows_.size(), .waiting = waiting(), .memories = rules.memory().size()};
  flows_.for_each([&](const Flow& flow) {
    if (flow.connection.is_open()) ++tables.open;
    if (flow.relay && flow.relay->next_timeout()) ++tables.awaiting;
  });
  return tables;
}

}  // namespace latesyn
