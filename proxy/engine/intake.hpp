#pragma once
// Where packets come in: which of them are segments of the policy's traffic that somebody can
// believe, of which flow, and what lies behind them. The others are counted.

#include "proxy/engine/beginnings.hpp"
#include "proxy/engine/rules/rule_set.hpp"
#include "proxy/engine/terms/incoming.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/notes/counters.hpp"

namespace latesyn {

class Intake {
 public:
  Intake(FlowTable& flows, Numbering& numbering, Counters& counters)
      : flows_(flows), numbering_(numbering), counters_(counters) {}

  /// A segment that one end has sent.
  struct Taken {
    Flow* flow = nullptr;
    TcpView view;
    Segment segment;
    Moments moments{};
    /// It asks for a connection beside one that may go on.
    bool supersedes = false;
  };
  /// None: whoever it is for gets it as it is.
  std::optional<Taken> take(Time now, const Incoming& packet, const RuleSet& rules);

  /// The flow of a packet of ours; null where there is no room for one more.
  Flow* flow_of(const TcpView& view, Time now, const Traffic& traffic);
  /// The handshake of a connection is complete, which a rule may ask for.
  void completed(const Flow& flow, std::uint32_t connection, Time now) {
    beginnings_.completed(flow.number, connection, now);
  }
  /// A segment of a connection has left, which a rule may ask for.
  void left(const Flow& flow, std::uint32_t connection, Time now) {
    beginnings_.heard(flow.number, connection, now);
  }
  /// No rule asks for the moments of connections any more.
  void forget_moments() { beginnings_.forget(); }

 private:
  Flow* make(const TcpView& view, Time now, const Traffic& traffic);
  Moments moments_of(const Flow& flow, const Segment& s, const std::optional<Time>& heard,
                     Time now);

  FlowTable& flows_;
  Numbering& numbering_;
  Counters& counters_;
  Beginnings beginnings_;  // of the flows' connections
};

}  // namespace latesyn
