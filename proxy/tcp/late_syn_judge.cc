#include "proxy/tcp/late_syn_judge.hpp"

#include <algorithm>

namespace latesyn {
namespace {

void count(Answer& answer, const Segment& s, Time now) {
  if (answer.times == 0) answer = {s.flags, now, 0};
  if (answer.flags == s.flags) ++answer.times;
}

/// True where a segment is of the life that the SYN has begun: its connection's own where it was
/// the first copy there. A client that has begun another connection resets what a server says of
/// the one before.
bool is_own(const JudgedSyn& judged, const Segment& s, const Connection& c) {
  if (s.life == Life::stale) return !judged.abandoned;
  if (judged.abandoned) return s.connection == judged.late.connection;
  return s.from == Side::client && s.flags.rst && c.is_before(s.connection);
}

bool acknowledges(const Segment& s, const JudgedSyn& judged) {
  return s.ack - (judged.late.isn + 1) >= 0 &&
         s.ack - (judged.late.isn + 1 + judged.payload_size) <= 0;
}

/// True where a segment of the server's is, or may be, about the late SYN. Outside of its own life
/// that is a SYN-ACK for the same ISN, or an ACK that acknowledges nothing new: a challenge ACK has
/// no other mark (RFC 5961 section 4.2).
bool concerns(const JudgedSyn& judged, const Segment& s, const Connection& c) {
  if (is_own(judged, s, c)) {
    return judged.abandoned || s.kind != SegmentKind::syn_ack || acknowledges(s, judged);
  }
  if (judged.abandoned) return false;
  // The first is the answer to the copy that was there before.
  if (s.kind == SegmentKind::syn_ack) return s.ack == judged.late.isn + 1 && s.copy > 1;
  const auto life = c.life(s);
  return judged.late.server_answer.times == 0 && life && life->repeats_ack(s);
}

/// The oldest that has no answer yet gets it, unless it comes so late that it must be one that
/// another of them has had before.
JudgedSyn* answered_by(JudgedSyns& all, const Segment& s, const Connection& c, Time now) {
  JudgedSyn *next = nullptr, *before = nullptr;
  for (JudgedSyn& judged : all) {
    if (!concerns(judged, s, c)) continue;
    if (judged.late.server_answer.times != 0) {
      before = &judged;
    } else if (next == nullptr) {
      next = &judged;
    }
  }
  const bool is_next =
      next != nullptr && (before == nullptr || now - next->late.departed < kPrompt);
  return is_next ? next : before;
}

/// The oldest whose answer the client has not answered, or the last.
JudgedSyn* answered_by_client(JudgedSyns& all, const Segment& s, const Connection& c) {
  JudgedSyn* last = nullptr;
  for (JudgedSyn& judged : all) {
    if (!is_own(judged, s, c)) continue;
    last = &judged;
    if (judged.late.server_answer.times != 0 && judged.late.client_answer.times == 0) break;
  }
  return last;
}

void first_answer(JudgedSyn& judged, const Segment& s, const Connection& c, bool others_open,
                  Time now) {
  LateSyn& late = judged.late;
  if (s.kind == SegmentKind::rst) {
    late.outcome = Outcome::refused;
  } else if (s.kind != SegmentKind::syn_ack) {
    late.outcome = Outcome::challenged;
  } else if (!is_own(judged, s, c) || others_open) {
    late.outcome = Outcome::repeated;
  } else {
    late.outcome = c.server_in_time_wait(now) ? Outcome::reopened : Outcome::half_open;
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
  const bool kills = late.outcome == Outcome::challenged && c.server_in_time_wait(now);
  if (kills) late.outcome = Outcome::assassinated;
  return kills;
}

}  // namespace

JudgedSyn* judge_sent(JudgedSyns& all, const Segment& s, const Connection& c, Time now) {
  if (s.from == Side::client) {
    if (s.kind == SegmentKind::syn) return nullptr;
    JudgedSyn* const judged = answered_by_client(all, s, c);
    if (judged != nullptr) count(judged->late.client_answer, s, now);
    return judged;
  }
  JudgedSyn* const judged = answered_by(all, s, c, now);
  if (judged == nullptr) return nullptr;
  if (judged->late.server_answer.times == 0) {
    const bool others_open = std::ranges::any_of(
        all, [judged](const JudgedSyn& other) { return &other != judged && open(other.late); });
    first_answer(*judged, s, c, others_open, now);
  }
  count(judged->late.server_answer, s, now);
  return judged;
}

bool judge_delivered(JudgedSyn& judged, const Segment& s, const Connection& c, Time now) {
  LateSyn& late = judged.late;
  if (!is_own(judged, s, c)) return false;
  if (s.from == Side::server) {
    // A RST out of the numbers of the server's new life ends that life; one that answers an ACK of
    // the client's TIME-WAIT does not (catalogue S2).
    const bool counts = judged.abandoned || c.counts_from_stale(s);
    if (s.kind != SegmentKind::rst || !open(late) || !counts) return false;
    late.state_until = now;
    return true;
  }
  if (s.kind == SegmentKind::rst) return client_reset(late, c, now);
  const auto life = c.life(s);
  const auto server_isn = life ? life->server_isn() : std::nullopt;
  const bool completes =
      s.flags.ack && server_isn && s.ack - *server_isn > 0 && s.seq == late.isn + 1;
  if (!completes || !open(late) || late.reached_application) return false;
  late.outcome = Outcome::ghost;
  late.reached_application = true;
  return true;
}

}  // namespace latesyn
