// Which joined flows the kernel's connection tracking takes over, from when, and until when
// (docs/decisions/0009).

#include "proxy/engine/engine_state.hpp"
#include "proxy/packet/hop.hpp"
#include "proxy/tcp/incarnation.hpp"

namespace latesyn {

/// A segment went through the relay of its flow. The numbers are known with the server's SYN-ACK,
/// and the kernel must know them before the client's first segment that is none of the handshake.
void Engine::State::splice(Flow& flow, const Relay& relay, const Segment& segment, Time now,
                           Actions& out) {
  if (!splices_ || &relay != flow.relay.get()) return;
  const auto life = flow.connection.life(segment);
  const bool is_reset = segment.flags.rst && life && life->closed();
  if (is_reset || relay.stage() == Stage::closed) return unsplice(flow, Duration::zero(), out);
  if (segment.flags.rst) return;
  if (segment.flags.fin) {
    if (segment.from == Side::client) flow.client_finished = true;
    if (segment.from == Side::server) flow.server_finished = true;
    if (flow.client_finished && flow.server_finished) unsplice(flow, kTimeWait, out);
    return;
  }
  const bool joined = relay.stage() == Stage::joined;
  // A SYN that nobody has answered by then, nobody will.
  const bool contested =
      flow.late && flow.late->heir && now - flow.late->heir->asked < kUnansweredQuiet;
  if (flow.handover == Handover::answering && joined && !contested) {
    flow.handover = Handover::bypassed;
    out.emplace_back(Bypass{flow.connection.flow()});
  }
  const bool agreed =
      joined || relay.stage() == Stage::answering || relay.stage() == Stage::crossing;
  const bool asked = segment.from == Side::server && segment.flags.syn && segment.flags.ack;
  if (flow.handover != Handover::none || !asked || !agreed) return;
  if (!relay.join().same_scales()) {
    ++counters.scales_kept;
    flow.handover = Handover::over;
    return;
  }
  ++counters.spliced;
  flow.handover = joined ? Handover::bypassed : Handover::answering;
  out.emplace_back(Splice{flow.connection.flow(), relay.join(), joined});
}

void Engine::State::unsplice(Flow& flow, Duration linger, Actions& out) {
  if (flow.handover == Handover::none || flow.handover == Handover::over || !splices_) return;
  const Handover next = linger == Duration::zero() ? Handover::over : Handover::lingering;
  // The last FIN came again: the kernel refuses to change an entry whose end is fixed.
  if (flow.handover == next) return;
  flow.handover = next;
  out.emplace_back(Unsplice{flow.connection.flow(), linger});
}

/// What `replacement` holds leaves in the place of the packet that is being decided on, by raw
/// socket.
Verdict Engine::State::send_in_place(Side to, Actions& out) {
  Packet packet{replacement};
  if (take_hop(packet.bytes)) {
    out.emplace_back(Transmit{to, std::move(packet)});
  } else {
    ++counters.hops_exceeded;
  }
  return Verdict::drop;
}

void Engine::State::offer_splices(bool offered, Actions& out) {
  if (splices_ && !offered) {
    flows_.for_each([&](Flow& flow) { unsplice(flow, Duration::zero(), out); });
  }
  splices_ = offered;
}

}  // namespace latesyn
