#include "proxy/core/late_syn_judge.hpp"

namespace latesyn {
namespace {

void count(Answer& answer, const Segment& s, Time now) {
  if (answer.times == 0) answer = {s.flags, now, 0};
  if (answer.flags == s.flags) ++answer.times;
}

/// True where a segment of the server's is, or may be, about the late SYN. In the current life that
/// is a SYN-ACK for the same ISN, or an ACK that acknowledges nothing new: a challenge ACK has no
/// other mark (RFC 5961 section 4.2).
bool concerns(const LateSyn& late, const Segment& s, const Connection& c) {
  if (s.life == Life::stale) return true;
  if (s.kind == SegmentKind::syn_ack) return s.ack == late.isn + 1;
  return late.server_answer.times == 0 && c.current() && c.current()->repeats_ack(s);
}

void first_answer(LateSyn& late, const Segment& s, const Connection& c, bool others_open,
                  Time now) {
  if (s.kind == SegmentKind::rst) {
    late.outcome = Outcome::refused;
  } else if (s.kind != SegmentKind::syn_ack) {
    late.outcome = Outcome::challenged;
  } else if (s.life == Life::current || others_open) {
    late.outcome = Outcome::repeated;
  } else {
    const bool reopens = c.current() && c.current()->server_in_time_wait(now);
    late.outcome = reopens ? Outcome::reopened : Outcome::half_open;
    late.state_from = now;
    late.fast_open = late.reached_application = s.ack - late.isn > 1;
  }
}

bool client_reset(LateSyn& late, const Connection& c, Time now) {
  if (open(late)) {
    late.state_until = now;
    if (late.outcome == Outcome::half_open) late.outcome = Outcome::reset;
    return true;
  }
  const bool kills =
      late.outcome == Outcome::challenged && c.current() && c.current()->server_in_time_wait(now);
  if (kills) late.outcome = Outcome::assassinated;
  return kills;
}

}  // namespace

bool judge_sent(LateSyn& late, const Segment& s, const Connection& c, bool others_open, Time now) {
  if (s.from == Side::client) {
    if (s.life != Life::stale || s.kind == SegmentKind::syn) return false;
    count(late.client_answer, s, now);
    return true;
  }
  if (!concerns(late, s, c)) return false;
  if (late.server_answer.times == 0) first_answer(late, s, c, others_open, now);
  count(late.server_answer, s, now);
  return true;
}

bool judge_delivered(LateSyn& late, const Segment& s, const Connection& c, Time now) {
  if (s.life != Life::stale || !c.stale()) return false;
  if (s.from == Side::server) {
    // A RST out of the numbers of the server's new life ends that life; one that answers an ACK of
    // the client's TIME-WAIT does not (catalogue S2).
    if (s.kind != SegmentKind::rst || !open(late) || !c.counts_from_stale(s)) return false;
    late.state_until = now;
    return true;
  }
  if (s.kind == SegmentKind::rst) return client_reset(late, c, now);
  const bool completes = s.flags.ack && c.stale()->server_isn() &&
                         s.ack - *c.stale()->server_isn() > 0 && s.seq == late.isn + 1;
  if (!completes || !open(late) || late.reached_application) return false;
  late.outcome = Outcome::ghost;
  late.reached_application = true;
  return true;
}

}  // namespace latesyn
