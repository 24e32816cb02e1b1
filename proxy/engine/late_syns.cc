#include "proxy/engine/late_syns.hpp"

#include <algorithm>
#include <utility>

namespace latesyn {
namespace {

/// Of one flow, and not more: each segment of it is held against all of them.
constexpr std::size_t kJudgedMax = 32;

JudgedSyn late_from(const Waiting& waiting, const RuleBook& book, Time now) {
  const Credit& credit = waiting.departure.credit;
  return {.late = {.rule = book.name_of(credit.made_by),
                   .changed_by = book.names_of(credit.changed_by),
                   .connection = waiting.segment.connection,
                   .flow = waiting.segment.flow,
                   .isn = waiting.segment.seq,
                   .arrived = waiting.arrived,
                   .departed = now},
          .payload_size = waiting.segment.payload_size};
}

/// The client's answer to a SYN-ACK that it has no use for (RFC 9293 section 3.10.7.1): it carries
/// the number that the SYN-ACK acknowledges, and no ACK.
bool disowns(const Segment& s, const LateSyn& late) {
  return s.from == Side::client && s.flags.rst && !s.flags.ack && s.seq == late.isn + 1 &&
         late.server_answer.flags.syn;
}

/// Room for one more: those that nothing can become of go, then the oldest.
void make_room(JudgedSyns& syns, Time now) {
  std::erase_if(syns, [now](const JudgedSyn& judged) {
    return !open(judged.late) && now - judged.late.departed >= kPrompt;
  });
  if (syns.size() < kJudgedMax) return;
  const auto closed = std::ranges::find_if_not(syns, open, &JudgedSyn::late);
  syns.erase(closed == syns.end() ? syns.begin() : closed);
}

/// The server has confirmed another connection than theirs: it has nothing of them any more.
void close_succeeded(JudgedSyns& syns, Time now, Actions& out) {
  for (JudgedSyn& judged : syns) {
    if (!judged.succeeded || !open(judged.late)) continue;
    judged.late.state_until = now;
    out.emplace_back(Judged{now, judged.late});
  }
  std::erase_if(syns, &JudgedSyn::succeeded);
}

}  // namespace

void LateSyns::left(Flow& flow, const Waiting& waiting, bool is_late, bool at_once, Time now,
                    Actions& out) {
  if (is_late) {
    list(flow, late_from(waiting, book_, now), now, out);
  } else if (!at_once) {
    flow.slow = std::make_unique<JudgedSyn>(late_from(waiting, book_, now));
    flow.slow->abandoned = true;
  }
}

void LateSyns::list(Flow& flow, JudgedSyn judged, Time now, Actions& out) {
  const std::uint64_t number = shared_.number_late_syn();
  if (number > limit_) {
    ++counters_.late_syns_unlisted;
    return;
  }
  ++counters_.late_syns;
  judged.late.id = static_cast<std::uint32_t>(number);
  if (!flow.late) flow.late = std::make_unique<LateFlow>();
  make_room(flow.late->syns, now);
  out.emplace_back(Judged{now, judged.late});
  flow.late->syns.push_back(std::move(judged));
}

void LateSyns::gave_up(Flow& flow, Time now, Actions& out) {
  if (flow.slow) list(flow, std::move(*std::exchange(flow.slow, nullptr)), now, out);
}

/// What is said of a SYN that may be late counts from the beginning, once it is known to be.
void LateSyns::watch_slow(Flow& flow, const Segment& s, Time now, Actions& out) {
  if (s.connection != flow.slow->late.connection) {
    flow.slow.reset();
    return;
  }
  if (s.life != Life::current || s.kind == SegmentKind::syn) return;
  if (s.from == Side::server) {
    JudgedSyns alone{std::move(*flow.slow)};
    judge_sent(alone, s, flow.connection, now);
    *flow.slow = std::move(alone.front());
    return;
  }
  if (disowns(s, flow.slow->late)) list(flow, std::move(*flow.slow), now, out);
  flow.slow.reset();  // any other client is alive
}

void LateSyns::sent(Flow& flow, const Segment& segment, Time now, Actions& out) {
  if (flow.slow) watch_slow(flow, segment, now, out);
  if (!flow.late) return;
  JudgedSyns& syns = flow.late->syns;
  const bool is_current =
      segment.life == Life::current && segment.connection == flow.connection.number();
  if (segment.kind == SegmentKind::syn_ack && is_current) {
    close_succeeded(syns, now, out);
  }
  if (const JudgedSyn* judged = judge_sent(syns, segment, flow.connection, now)) {
    out.emplace_back(Judged{now, judged->late});
  }
}

void LateSyns::delivered(Flow& flow, const Segment& segment, Time now, Actions& out) {
  if (flow.slow) judge_delivered(*flow.slow, segment, flow.connection, now);
  if (!flow.late) return;
  for (JudgedSyn& judged : flow.late->syns) {
    if (!judge_delivered(judged, segment, flow.connection, now)) continue;
    out.emplace_back(Judged{now, judged.late});
    // There was one TIME-WAIT to end.
    if (judged.late.outcome == Outcome::assassinated) break;
  }
  const bool asks = segment.kind == SegmentKind::syn && segment.from == Side::client &&
                    segment.life == Life::current;
  const auto current = flow.connection.current();
  if (!asks || !current) return;
  for (JudgedSyn& judged : flow.late->syns) {
    judged.succeeded = judged.succeeded || judged.late.isn != current->client_isn();
  }
}

}  // namespace latesyn
