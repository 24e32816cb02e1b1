#pragma once
// The late SYNs: which of those that leave are late, and every word about them that goes into the
// notes. Nobody else knows of them. What is known of each is kept with its flow.

#include "proxy/engine/terms/action.hpp"
#include "proxy/engine/terms/shared_state.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/notes/counters.hpp"
#include "proxy/policy/rule_book.hpp"
#include "proxy/waiting/schedule.hpp"

namespace latesyn {

class LateSyns {
 public:
  /// Tells of `limit` of them, at most, in all engines that share their state; counts the others.
  LateSyns(const RuleBook& book, SharedState& shared, std::size_t limit, Counters& counters)
      : book_(book), shared_(shared), limit_(limit), counters_(counters) {}

  /// A SYN that a rule has let go later or again has left for the server. Where it is the first
  /// copy there, and its connection goes on, it is late only if its client has given up: the
  /// client's answer will tell, or gave_up().
  void left(Flow& flow, const Waiting& waiting, bool is_late, bool at_once, Time now, Actions& out);
  /// The client of the flow is gone.
  void gave_up(Flow& flow, Time now, Actions& out);
  /// An end has sent a segment of the flow.
  void sent(Flow& flow, const Segment& segment, Time now, Actions& out);
  /// It has left for the other end.
  void delivered(Flow& flow, const Segment& segment, Time now, Actions& out);

 private:
  void list(Flow& flow, JudgedSyn judged, Time now, Actions& out);
  void watch_slow(Flow& flow, const Segment& segment, Time now, Actions& out);

  const RuleBook& book_;
  SharedState& shared_;
  std::size_t limit_;
  Counters& counters_;
};

}  // namespace latesyn
