#include "proxy/core/incarnation.hpp"

namespace latesyn {
namespace {

constexpr Duration kTimeWait = std::chrono::seconds(60);  // TCP_TIMEWAIT_LEN of Linux
/// A segment this far behind what was used before is still of the same life: a large window.
constexpr std::uint32_t kReach = 1U << 24U;

std::uint32_t sequence_size(const Segment& s) {
  return s.payload_size + (s.flags.syn ? 1U : 0U) + (s.flags.fin ? 1U : 0U);
}

bool within(Seq seq, Seq from, Seq to) { return seq - from >= 0 && to - seq >= 0; }

}  // namespace

void Incarnation::sent(const Segment& s) {
  Half& mine = half(s.from);
  if (s.flags.syn) {
    mine.isn = s.seq;
    mine.end = s.seq + 1;
  }
  const Seq end = s.seq + sequence_size(s);
  if (!s.flags.rst && mine.isn && end - mine.end > 0) mine.end = end;
}

Incarnation::Change Incarnation::delivered(const Segment& s, Time now) {
  Change change;
  if (s.kind == SegmentKind::syn && s.from == Side::client) syn_delivered_ = true;
  Half& mine = half(s.from);
  if (s.flags.ack && (!mine.acked || s.ack - *mine.acked > 0)) mine.acked = s.ack;
  const bool third = s.from == Side::client && s.flags.ack && !s.flags.rst && server_.isn &&
                     s.ack - *server_.isn > 0;
  if (third && !established_) change.established = established_ = true;
  if (s.flags.fin && !mine.fin) {
    mine.fin = s.seq + sequence_size(s);
    if (!first_fin_) first_fin_ = s.from;
  }
  reset_ = reset_ || s.flags.rst;
  if (!closed_ && (s.flags.rst || (client_.fin && server_.fin))) {
    change.closed = closed_ = true;
    closed_at_ = now;
  }
  return change;
}

bool Incarnation::server_in_time_wait(Time now) const {
  return closed_ && !reset_ && first_fin_ == Side::server && now - closed_at_ < kTimeWait;
}

bool Incarnation::finishes(const Segment& s) const {
  if (s.flags.rst || s.flags.syn) return false;
  const Half& mine = half(s.from);
  if (sequence_size(s) > 0) return mine.isn && within(s.seq, *mine.isn, mine.end);
  const auto& theirs = half(other(s.from)).fin;
  return s.flags.ack && theirs && s.ack == *theirs && mine.acked != theirs;
}

bool Incarnation::covers(const Segment& s) const {
  const Half& mine = half(s.from);
  return mine.isn && within(s.seq, *mine.isn, mine.end + kReach);
}

bool Incarnation::repeats_ack(const Segment& s) const {
  const auto& acked = half(s.from).acked;
  return s.kind == SegmentKind::ack && acked && s.ack - *acked <= 0;
}

}  // namespace latesyn
