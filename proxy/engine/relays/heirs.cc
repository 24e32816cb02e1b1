// Two connections that claim the same ports: one that a relay has joined, and one that a new SYN
// asks for. The SYN may be the client's, which has lost the other, or anybody's. It goes to the
// server, and what is about it to the heir; all else is the older one's. The server's answer
// decides: a challenge (RFC 5961 section 4) is for the older one, a SYN-ACK ends that.

#include "proxy/engine/relays/relays.hpp"

namespace latesyn {
namespace {

/// The numbers of the new SYN tell what is about it; there is no other before it is answered.
bool is_about(const Heir& heir, const Segment& s) {
  const bool knows_answer = heir.relay && heir.relay->acknowledged_by(s.ack);
  if (s.from == Side::client) {
    if (s.kind == SegmentKind::syn) return s.seq == heir.isn;
    return s.seq == heir.isn + 1 && (!s.flags.ack || knows_answer);
  }
  const Seq asked = heir.isn + (heir.relay ? heir.relay->join().client_seq : 0);
  return (s.flags.syn || s.flags.rst) && s.flags.ack && s.ack == asked + 1;
}

/// The server confirms, or the client knows what only that end was told that has the address.
bool confirms(const Segment& s) {
  return s.from == Side::server ? s.kind == SegmentKind::syn_ack : s.flags.ack && !s.flags.rst;
}

}  // namespace

/// The relay of a segment where two connections claim the ports; nothing where none is contested.
std::optional<Relay*> Relays::contested(Flow& flow, const Segment& s, Time now, Actions& out) {
  if (!flow.late || !flow.late->heir) return std::nullopt;
  Heir& heir = *flow.late->heir;
  if (is_about(heir, s)) {
    if (s.kind == SegmentKind::syn) ask(flow, heir, now, out);
    return confirms(s) ? succeed(flow, out) : heir.relay.get();
  }
  // Another SYN is another heir, or a late one of a connection that there was.
  if (s.kind == SegmentKind::syn && s.from == Side::client) return std::nullopt;
  return flow.relay.get();
}

/// Null: its SYN goes to the server as it is.
Relay* Relays::make_heir(Flow& flow, const Segment& syn, const RelayOptions& options, Time now,
                         Actions& out) {
  if (!flow.late) flow.late = std::make_unique<LateFlow>();
  auto& heir = flow.late->heir;
  heir = std::make_unique<Heir>();
  heir->connection = syn.connection;
  heir->isn = syn.seq;
  if (relays(options.mode)) heir->relay = make(flow, options);
  ask(flow, *heir, now, out);
  return heir->relay.get();
}

void Relays::ask(Flow& flow, Heir& heir, Time now, Actions& out) {
  heir.asked = now;
  splices_.see_answer(flow, out);
}

Relay* Relays::succeed(Flow& flow, Actions& out) {
  const std::unique_ptr<Heir> heir = std::move(flow.late->heir);
  forget(flow, out);
  flow.relayed = heir->connection;
  flow.relay = std::move(heir->relay);
  return flow.relay.get();
}

}  // namespace latesyn
