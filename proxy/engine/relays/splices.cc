#include "proxy/engine/relays/splices.hpp"

#include "proxy/tcp/incarnation.hpp"

namespace latesyn {

void Splices::follow(Flow& flow, const Relay& relay, const Segment& segment, Time now,
                     Actions& out) {
  if (!offered_ || &relay != flow.relay.get()) return;
  const auto life = flow.connection.life(segment);
  const bool is_reset = segment.flags.rst && life && life->closed();
  if (is_reset || relay.stage() == Stage::closed) return end(flow, Duration::zero(), out);
  if (segment.flags.rst) return;
  if (segment.flags.fin) {
    if (segment.from == Side::client) flow.client_finished = true;
    if (segment.from == Side::server) flow.server_finished = true;
    if (flow.client_finished && flow.server_finished) end(flow, kTimeWait, out);
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
    ++counters_.scales_kept;
    flow.handover = Handover::over;
    return;
  }
  ++counters_.spliced;
  flow.handover = joined ? Handover::bypassed : Handover::answering;
  out.emplace_back(Splice{flow.connection.flow(), relay.join(), joined});
}

void Splices::end(Flow& flow, Duration linger, Actions& out) {
  if (flow.handover == Handover::none || flow.handover == Handover::over || !offered_) return;
  const Handover next = linger == Duration::zero() ? Handover::over : Handover::lingering;
  // The last FIN came again: the kernel refuses to change an entry whose end is fixed.
  if (flow.handover == next) return;
  flow.handover = next;
  out.emplace_back(Unsplice{flow.connection.flow(), linger});
}

void Splices::offer(bool offered, FlowTable& flows, Actions& out) {
  if (offered_ && !offered) {
    flows.for_each([&](Flow& flow) { end(flow, Duration::zero(), out); });
  }
  offered_ = offered;
}

void Splices::see_answer(Flow& flow, Actions& out) {
  if (flow.handover != Handover::bypassed) return;
  flow.handover = Handover::answering;
  out.emplace_back(Bypass{flow.connection.flow(), false});
}

void Splices::came_back(Flow& flow) {
  if (flow.handover != Handover::bypassed) return;
  ++counters_.unspliced;
  flow.handover = Handover::over;
}

void Splices::forget(Flow& flow, Actions& out) {
  end(flow, Duration::zero(), out);
  flow.handover = Handover::none;
  flow.client_finished = flow.server_finished = false;
}

}  // namespace latesyn
