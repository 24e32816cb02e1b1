// The engine where latesyn shakes hands itself: every segment leaves through the relay of its flow.

#include "proxy/engine/engine_state.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {
namespace {

/// The server has an old connection and says so to our SYN, or the client resets that: both belong
/// to the handshake that is under way (RFC 9293 figure 9), whatever life their numbers are of.
bool challenges(const Flow& flow, const Segment& s) {
  const bool under_way = flow.relay && flow.relayed == flow.connection.number() &&
                         flow.relay->stage() == Stage::asking;
  if (!under_way) return false;
  return s.from == Side::client ? s.flags.rst : s.flags.ack && !s.flags.syn && !s.flags.rst;
}

/// A joined or half joined connection that nothing has ended, as far as is known.
bool is_alive(const Flow& flow) {
  if (!flow.relay) return false;
  if (flow.late && flow.late->heir) return true;
  const Stage stage = flow.relay->stage();
  if (stage != Stage::answering && stage != Stage::crossing && stage != Stage::joined) return false;
  const Incarnation* const old = flow.connection.previous();
  return old != nullptr && !old->closed() && old->client_isn() == flow.relay->client_isn();
}

}  // namespace

/// None where the ends shake hands themselves, and for a connection whose beginning was not seen.
Relay* Engine::State::relay_of(Flow& flow, const Segment& s,
                               const std::optional<HandshakeChoice>& chosen, Time now,
                               Actions& out) {
  if (s.connection == 0) return nullptr;
  if (const auto relay = contested_relay(flow, s, now, out)) return *relay;
  const bool own = challenges(flow, s);
  const bool stale = s.life == Life::stale && !own;
  if (own || (!stale && flow.relayed == s.connection)) return flow.relay.get();
  RelayOptions options = policy().traffic.handshake;
  if (chosen) {
    options.mode = chosen->mode;
    options.unreachable = chosen->unreachable;
  }
  return stale ? late_relay(flow, s, options) : current_relay(flow, s, options, now, out);
}

/// Its first SYN decides for the whole connection.
Relay* Engine::State::current_relay(Flow& flow, const Segment& s, const RelayOptions& options,
                                    Time now, Actions& out) {
  if (s.kind != SegmentKind::syn || s.from != Side::client) return nullptr;
  if (is_alive(flow)) return make_heir(flow, s, options, now, out);
  forget_relay(flow, out);
  flow.relayed = s.connection;
  if (!relays(options.mode)) return nullptr;
  flow.relay = new_relay(flow, options);
  return flow.relay.get();
}

void Engine::State::forget_relay(Flow& flow, Actions& out) {
  if (flow.late) flow.late->heir.reset();
  flow.relay.reset();
  unsplice(flow, Duration::zero(), out);
  flow.handover = Handover::none;
  flow.client_finished = flow.server_finished = false;
  forget_alarm(flow);
}

std::unique_ptr<Relay> Engine::State::new_relay(const Flow& flow,
                                                const RelayOptions& options) const {
  const auto known = place_.shared->profile(flow.connection.flow().server);
  return std::make_unique<Relay>(options, known.value_or(options.profile), seed_);
}

/// A stale life goes past the relay of its connection: its handshake is the scenario.
Relay* Engine::State::late_relay(Flow& flow, const Segment& s, const RelayOptions& options) {
  if (s.kind == SegmentKind::syn && s.from == Side::client) {
    if (flow.late) flow.late->relay.reset();
    if (options.mode == HandshakeMode::two_way) {
      if (!flow.late) flow.late = std::make_unique<LateFlow>();
      flow.late->relay = std::make_unique<Relay>(options, options.profile, seed_);
    }
  }
  return flow.late ? flow.late->relay.get() : nullptr;
}

Verdict Engine::State::pass_relay(Flow& flow, Relay& relay, Arrived note, const Incoming& packet,
                                  Time now, Actions& out) {
  const Segment segment = note.segment;
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  // The kernel's own shifting of a RST is not to be relied on (docs/decisions/0009), nor is it that
  // it leaves alone a server's which needs none.
  const bool is_safe = relay.join().same() && segment.from == Side::client;
  const bool in_place = packet.translated && segment.flags.rst && view.complete() && !is_safe;
  const bool plain =
      relay.stage() == Stage::joined && relay.join().same() && !segment.flags.syn && !in_place;
  if (!plain && !view.complete()) ++counters.incomplete;
  Treatment treatment = Treatment::pass;
  std::vector<Said> said;
  if (!plain && view.complete()) {
    const auto whole = packet.bytes.first(view.total_size());
    replacement.assign(whole.begin(), whole.end());
    // A bundle's is left to the kernel: over 64 KB it costs more than all the rest.
    const bool needs_checksum = packet.checksum_pending && !packet.bundle;
    if (needs_checksum) TcpEdit::over(replacement).complete_checksum();
    treatment = exit(flow, relay, segment, replacement, now, said);
  }
  const bool ended = treatment == Treatment::ended;
  if (flow.handover == Handover::bypassed && !packet.translated && !segment.control()) {
    ++counters.unspliced;
    flow.handover = Handover::over;
  }
  ++(ended ? counters.ended : counters.passed);
  note.fate = ended ? Fate::ended : Fate::passed;
  out.emplace_back(std::move(note));
  sent(flow, segment, now, out);
  if (!ended && flow.progress) flow.progress->arrived(segment);
  if (!ended) delivered(flow, segment, now, out);
  const auto place = ended ? place_for(said, segment, packet) : std::nullopt;
  say(flow, relay, segment, std::move(said), place, now, out);
  if (ended) return place ? Verdict::park : Verdict::drop;
  if (in_place) return send_in_place(other(segment.from), out);
  if (packet.translated) return Verdict::accept;
  return treatment == Treatment::changed ? Verdict::replace : Verdict::accept;
}

Treatment Engine::State::exit(Flow& flow, Relay& relay, const Segment& segment, MutableBytes packet,
                              Time now, std::vector<Said>& said) {
  const Treatment treatment = relay.on_segment(now, segment.from, packet, said);
  watch(flow, relay);
  if (segment.kind == SegmentKind::syn_ack) learn(flow, relay);
  relay.settle();
  return treatment;
}

/// What is said last may take the place of the segment that ended here, where it goes the same way:
/// the kernel forwards it at the price of a verdict. Where connection tracking translates, it is
/// kept from SYNs only; what is said in the place of others would be tracked.
std::optional<std::uint32_t> Engine::State::place_for(const std::vector<Said>& said,
                                                      const Segment& cause,
                                                      const Incoming& packet) const {
  const bool same_way = !said.empty() && said.back().to == other(cause.from);
  return same_way && (cause.flags.syn || !splices_) ? packet.queue_id : std::nullopt;
}

void Engine::State::say(Flow& flow, const Relay& relay, const Segment& cause,
                        std::vector<Said> said, std::optional<std::uint32_t> place, Time now,
                        Actions& out) {
  splice(flow, relay, cause, now, out);
  for (Said& s : said) {
    const auto parsed = TcpView::over(s.packet.bytes);
    const auto* view = std::get_if<TcpView>(&parsed);
    const Segment segment = view == nullptr ? cause : flow.connection.forged(*view, cause);
    if (place && &s == &said.back()) {
      out.emplace_back(
          Judge{*place, flow.connection.flow(), Verdict::replace, std::move(s.packet)});
    } else {
      out.emplace_back(Transmit{s.to, std::move(s.packet)});
    }
    const std::string mode(name(relay.mode()));
    if (s.icmp) {
      out.emplace_back(IcmpSent{now, segment, s.to, *s.icmp, mode, now, true});
      continue;
    }
    Departed note{now, segment, s.to, Origin::forged, mode, now, true};
    const bool asks = s.to == Side::server && segment.flags.syn;
    if (asks && !segment.flags.ack) note.stripped = relay.stripped();
    for (std::size_t i = 0; i < kStripped.size(); ++i) counters.stripped[i] += note.stripped[i];
    out.emplace_back(std::move(note));
    delivered(flow, segment, now, out);
  }
}

void Engine::State::watch(Flow& flow, const Relay& relay) {
  if (&relay != flow.relay.get()) return;
  const auto timeout = relay.next_timeout();
  if (flow.has_alarm && timeout == alarms_.at(flow.number).at) return;
  forget_alarm(flow);
  if (!timeout) return;
  flow.has_alarm = true;
  alarms_[flow.number] = {*timeout, relay_timers_.add(*timeout, flow.number)};
}

void Engine::State::forget_alarm(Flow& flow) {
  if (!flow.has_alarm) return;
  flow.has_alarm = false;
  const auto alarm = alarms_.find(flow.number);
  relay_timers_.cancel(alarm->second.timer);
  alarms_.erase(alarm);
}

void Engine::State::wake_relay(std::uint32_t number, Time now, Actions& out) {
  Flow& flow = flows_[number];  // pinned while it has an alarm
  flow.has_alarm = false;
  alarms_.erase(number);
  std::vector<Said> said;
  flow.relay->on_timeout(now, said);
  watch(flow, *flow.relay);
  const Segment cause{.flow = flow.connection.flow(), .connection = flow.relayed};
  say(flow, *flow.relay, cause, std::move(said), {}, now, out);
}

void Engine::State::learn(const Flow& flow, const Relay& relay) {
  const auto profile = relay.learned();
  if (profile) place_.shared->learn(flow.connection.flow().server, *profile);
}

}  // namespace latesyn
