#include "proxy/engine/intake.hpp"

#include "proxy/packet/segment_checksum.hpp"

namespace latesyn {
namespace {

/// Damaged on its way, as far as can be told: of what was not copied whole, nothing can, and what
/// will get its checksum later has none yet.
bool came_wrong(const TcpView& view, const Incoming& packet) {
  const bool has_one = view.complete() && !packet.checksum_pending && !packet.bundle;
  return has_one && !has_right_checksum(view, packet.bytes);
}

}  // namespace

std::optional<Intake::Taken> Intake::take(Time now, const Incoming& packet, const RuleSet& rules) {
  const auto parsed = TcpView::over(packet.bytes);
  if (const auto* defect = std::get_if<Defect>(&parsed)) {
    ++counters_.defects[static_cast<std::size_t>(*defect)];
    return std::nullopt;
  }
  const auto& view = std::get<TcpView>(parsed);
  const Traffic& traffic = rules.policy().traffic;
  if (!traffic.covers(view.from(), view.to())) {
    ++counters_.other_traffic;
    return std::nullopt;
  }
  // Its receiver drops it, whatever it says: so nobody here believes it, and no rule mends it.
  if (came_wrong(view, packet)) {
    ++counters_.wrong_checksums;
    return std::nullopt;
  }
  Flow* flow = flows_.find(view.from(), view.to());
  const std::optional<Time> heard = flow ? std::optional(flow->last_seen) : std::nullopt;
  if (flow == nullptr) flow = make(view, now, traffic);
  if (flow == nullptr) {
    ++counters_.flows_full;
    return std::nullopt;
  }
  flows_.touch(*flow, now);
  const Side from = flow->connection.ends().is_client(view.from()) ? Side::client : Side::server;
  const std::uint32_t before = flow->connection.previous_number();
  Taken taken{.flow = flow, .view = view, .segment = flow->connection.sent(view, from, numbering_)};
  taken.supersedes = flow->connection.previous_number() != before;
  if (rules.follows()) {
    if (!flow->progress) flow->progress = std::make_unique<SequenceProgress>();
    flow->progress->sent(taken.segment, view);
  }
  if (rules.asks_for_moments()) taken.moments = moments_of(*flow, taken.segment, heard, now);
  return taken;
}

Flow* Intake::flow_of(const TcpView& view, Time now, const Traffic& traffic) {
  if (Flow* flow = flows_.find(view.from(), view.to())) {
    flows_.touch(*flow, now);
    return flow;
  }
  return make(view, now, traffic);
}

Flow* Intake::make(const TcpView& view, Time now, const Traffic& traffic) {
  // Who sent the first SYN is the client; where its beginning was not seen, the policy may know.
  const Flags flags = view.flags();
  const Side guess = flags.syn && flags.ack ? Side::server : Side::client;
  const bool opens = flags.syn && !flags.ack;
  const bool from_client =
      opens || traffic.sender(view.from(), view.to()).value_or(guess) == Side::client;
  Flow* const made = flows_.make(
      from_client ? FlowKey{view.from(), view.to()} : FlowKey{view.to(), view.from()}, now);
  counters_.flows_evicted = flows_.evicted();
  return made;
}

/// What lies behind a segment. Where its connection's last one is not known, that is its flow's, at
/// `heard`.
Moments Intake::moments_of(const Flow& flow, const Segment& s, const std::optional<Time>& heard,
                           Time now) {
  const bool opens = s.kind == SegmentKind::syn && s.from == Side::client && s.copy == 1;
  const bool begins = opens && beginnings_.began(flow.number, s.connection, now);
  Moments moments = beginnings_.of(flow.number, s.connection);
  beginnings_.heard(flow.number, s.connection, now);
  if (!begins && !moments.heard) moments.heard = heard;
  return moments;
}

}  // namespace latesyn
