// Which segments of a life their receivers would believe, by what is known of their numbers. What
// nobody believes must not count: neither as a close, nor as anything that a later judgement rests
// on.

#include "proxy/tcp/incarnation.hpp"

namespace latesyn {
namespace {

/// No window that Linux makes by itself is larger (tcp_rmem).
constexpr std::uint32_t kWindowUsual = 1U << 24U;

/// What may have gone by unseen meanwhile, on a line of 100 Gbit/s.
std::uint64_t unseen_bytes(Duration meanwhile) {
  constexpr std::uint64_t kAtOnce = 65'536, kPerMicrosecond = 12'500;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(meanwhile).count();
  return kAtOnce + kPerMicrosecond * static_cast<std::uint64_t>(us);
}

}  // namespace

/// What the other end knows the side's numbers by, less what the side itself does.
std::uint32_t Incarnation::shift(Side side) const {
  const auto own = known(isn, side);
  const bool differs = own && (known_ & shifted(side)) != 0;
  return differs ? known(shown, side)->raw - own->raw : 0;
}

/// In its sender's own numbers.
Seq Incarnation::seq_of(const Segment& s) const {
  return s.ours ? s.seq + (0U - shift(s.from)) : s.seq;
}

Seq Incarnation::end_of(const Segment& s) const { return seq_of(s) + s.sequence_size(); }

/// In the own numbers of the end that it acknowledges.
Seq Incarnation::ack_of(const Segment& s) const {
  return s.ours ? s.ack : s.ack + (0U - shift(other(s.from)));
}

/// Behind all that has reached a side, as far as is known: no receiver expects what is behind it.
std::optional<Seq> Incarnation::sent_to(Side side) const {
  const auto first = known(isn, other(side)), last = known(reached, other(side));
  return last || !first ? last : std::optional(*first + 1);
}

bool Incarnation::believes(const Segment& s, Time now) const {
  if (s.ours || (s.flags.syn && !s.flags.rst)) return true;
  if (s.flags.rst) return believes_reset(s, now);
  const auto next = sent_to(other(s.from)), last = sent_to(s.from);
  if (partly_seen_) {
    const bool is_new = s.flags.fin && !known(fin, s.from) && next;
    return !is_new || end_of(s).raw - next->raw <= unseen_bytes(now - at_);
  }
  const bool near = !next || (seq_of(s) - *next <= kWindowMax && *next - end_of(s) <= kWindowMax);
  // Nobody acknowledges what was not delivered (RFC 5961 section 5).
  return near && (!s.flags.ack || !last || ack_of(s) - *last <= 0);
}

bool Incarnation::refuses_syn(const Segment& rst) const {
  const Seq behind_syn = client_isn() + 1;
  const Seq last = known(reached, Side::client).value_or(behind_syn);
  const Seq ack = ack_of(rst);
  return rst.flags.ack && ack - behind_syn >= 0 && (ack == behind_syn || ack - last <= 0);
}

bool Incarnation::believes_reset(const Segment& s, Time now) const {
  const Side to = other(s.from);
  if (to == Side::client && !answered_) return refuses_syn(s);
  if (to == Side::server && !syn_delivered_) return false;  // in LISTEN: no connection to reset
  const auto last = sent_to(to), end = known(fin, s.from);
  if (!last) return true;
  // Linux takes one for a FIN that it has, as some send it (tcp_reset_check()).
  if (s.seq == *last || (end && s.seq + 1 == *last)) return true;
  if (!partly_seen_) {
    // The receiver may not have all that was sent to it; what it has acknowledged it has.
    const Seq first = known(acked, to).value_or(*known(isn, s.from) + 1);
    return s.seq - first >= 0 && s.seq - *last <= 0;
  }
  return end ? last->raw - s.seq.raw <= kWindowUsual
             : s.seq.raw - last->raw <= unseen_bytes(now - at_);
}

}  // namespace latesyn
