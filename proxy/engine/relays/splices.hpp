#pragma once
// Which joined flows the kernel's connection tracking takes over, from when, and until when
// (docs/decisions/0009). How far it does is kept with the flow (Handover).

#include "proxy/engine/terms/action.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/notes/counters.hpp"

namespace latesyn {

class Splices {
 public:
  explicit Splices(Counters& counters) : counters_(counters) {}

  /// As Engine::offer_splices.
  void offer(bool offered, FlowTable& flows, Actions& out);
  bool offered() const { return offered_; }

  /// A segment went through the relay of its flow. The numbers are known with the server's SYN-ACK,
  /// and the kernel must know them before the client's first segment that is none of the handshake.
  void follow(Flow& flow, const Relay& relay, const Segment& segment, Time now, Actions& out);
  /// Somebody claims the flow's ports: the client's answer may be a plain ACK, and would go by
  /// unseen.
  void see_answer(Flow& flow, Actions& out);
  /// A segment that the kernel was to shift came to us as it was: somebody made it forget the flow.
  void came_back(Flow& flow);
  /// The flow's relay is no more.
  void forget(Flow& flow, Actions& out);

 private:
  void end(Flow& flow, Duration linger, Actions& out);

  Counters& counters_;
  bool offered_ = false;
};

}  // namespace latesyn
