#include "proxy/engine/relays/relays.hpp"

#include <utility>

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

Relay* Relays::of(Flow& flow, const Segment& s, const RelayOptions& settings,
                  const std::optional<HandshakeChoice>& chosen, Time now, Actions& out) {
  if (s.connection == 0) return nullptr;
  if (const auto relay = contested(flow, s, now, out)) return *relay;
  const bool own = challenges(flow, s);
  const bool stale = s.life == Life::stale && !own;
  if (own || (!stale && flow.relayed == s.connection)) return flow.relay.get();
  RelayOptions options = settings;
  if (chosen) {
    options.mode = chosen->mode;
    options.unreachable = chosen->unreachable;
  }
  return stale ? late(flow, s, options) : current(flow, s, options, now, out);
}

/// Its first SYN decides for the whole connection.
Relay* Relays::current(Flow& flow, const Segment& s, const RelayOptions& options, Time now,
                       Actions& out) {
  if (s.kind != SegmentKind::syn || s.from != Side::client) return nullptr;
  if (is_alive(flow)) return make_heir(flow, s, options, now, out);
  forget(flow, out);
  flow.relayed = s.connection;
  if (!relays(options.mode)) return nullptr;
  flow.relay = make(flow, options);
  return flow.relay.get();
}

void Relays::forget(Flow& flow, Actions& out) {
  if (flow.late) flow.late->heir.reset();
  flow.relay.reset();
  splices_.forget(flow, out);
  forget_alarm(flow);
}

std::unique_ptr<Relay> Relays::make(const Flow& flow, const RelayOptions& options) const {
  const auto known = shared_.profile(flow.connection.flow().server);
  return std::make_unique<Relay>(options, known.value_or(options.profile), seed_);
}

/// A stale life goes past the relay of its connection: its handshake is the scenario.
Relay* Relays::late(Flow& flow, const Segment& s, const RelayOptions& options) const {
  if (s.kind == SegmentKind::syn && s.from == Side::client) {
    if (flow.late) flow.late->relay.reset();
    if (options.mode == HandshakeMode::two_way) {
      if (!flow.late) flow.late = std::make_unique<LateFlow>();
      flow.late->relay = std::make_unique<Relay>(options, options.profile, seed_);
    }
  }
  return flow.late ? flow.late->relay.get() : nullptr;
}

Treatment Relays::cross(Flow& flow, Relay& relay, const Segment& segment, MutableBytes packet,
                        Time now, std::vector<Said>& said) {
  const Treatment treatment = relay.on_segment(now, segment.from, packet, said);
  watch(flow, relay);
  const auto learned = segment.kind == SegmentKind::syn_ack ? relay.learned() : std::nullopt;
  if (learned) shared_.learn(flow.connection.flow().server, *learned);
  relay.settle();
  return treatment;
}

void Relays::watch(Flow& flow, const Relay& relay) {
  if (&relay != flow.relay.get()) return;
  const auto timeout = relay.next_timeout();
  if (flow.has_alarm && timeout == alarms_.at(flow.number).at) return;
  forget_alarm(flow);
  if (!timeout) return;
  flow.has_alarm = true;
  alarms_[flow.number] = {*timeout, timers_.add(*timeout, flow.number)};
}

void Relays::forget_alarm(Flow& flow) {
  if (!flow.has_alarm) return;
  flow.has_alarm = false;
  const auto alarm = alarms_.find(flow.number);
  timers_.cancel(alarm->second.timer);
  alarms_.erase(alarm);
}

std::optional<Relays::Woken> Relays::wake(Time now) {
  const auto number = timers_.take(now);
  if (!number) return std::nullopt;
  Woken woken{.flow = &flows_[*number]};  // pinned while it has an alarm
  woken.flow->has_alarm = false;
  alarms_.erase(*number);
  woken.flow->relay->on_timeout(now, woken.said);
  watch(*woken.flow, *woken.flow->relay);
  return woken;
}

}  // namespace latesyn
