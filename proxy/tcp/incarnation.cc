#include "proxy/tcp/incarnation.hpp"

#include <limits>

namespace latesyn {

void Incarnation::sent(const Segment& s) {
  if (!s.flags.syn || s.from == Side::client) return;
  // Once the server's is known, another one must at least be about the same SYN.
  const bool answers = !s.flags.ack || ack_of(s) == client_isn() + 1;
  if (!server_isn() || answers) learn(isn, s.from, s.seq);
}

Incarnation::Change Incarnation::delivered(const Segment& s, Time now, bool sees_all) {
  Change change;
  partly_seen_ = partly_seen_ || !sees_all;
  if (!believes(s, now)) return change;
  if (s.kind == SegmentKind::syn && s.from == Side::client) syn_delivered_ = true;
  if (s.flags.syn && s.from == Side::server) answered_ = true;
  if (s.flags.ack) learn_highest(acked, s.from, ack_of(s));
  const auto server = server_isn();
  const bool third =
      s.from == Side::client && s.flags.ack && !s.flags.rst && server && ack_of(s) - *server > 0;
  if (third && !established_) change.established = established_ = true;
  // Of what goes by unseen only control segments tell: what else is seen depends on the plan.
  const bool tells = known(isn, s.from) && !s.flags.rst && (!partly_seen_ || s.control());
  if (tells && !closed_ && !known(reached, s.from)) at_ = now;
  if (tells) learn_highest(reached, s.from, end_of(s));
  if (s.flags.fin && !known(fin, s.from)) {
    learn(fin, s.from, end_of(s));
    if (!first_fin_) first_fin_ = s.from;
  }
  reset_ = reset_ || s.flags.rst;
  const bool finished = known(fin, Side::client) && known(fin, Side::server);
  if (!closed_ && (s.flags.rst || finished)) {
    change.closed = closed_ = true;
    at_ = now;
  }
  return change;
}

ConnectionState Incarnation::state() const {
  if (closed_) return ConnectionState::closed;
  if (first_fin_) return ConnectionState::half_closed;
  if (!syn_delivered_) return ConnectionState::syn_sent;
  return established_ ? ConnectionState::established : ConnectionState::syn_received;
}

std::optional<std::uint32_t> Incarnation::position(const Segment& s) const {
  const auto first = known(isn, s.from);
  // The SYN stands before the first byte (RFC 9293 section 3.4).
  return first ? std::optional(s.seq.raw - first->raw - (s.flags.syn ? 0U : 1U)) : std::nullopt;
}

bool Incarnation::server_in_time_wait(Time now) const {
  return closed_ && !reset_ && first_fin_ == Side::server && now - at_ < kTimeWait;
}

bool Incarnation::completes_close(const Segment& s) const {
  const auto last = known(fin, other(s.from));
  return s.kind == SegmentKind::ack && last && ack_of(s) == *last && known(acked, s.from) != last;
}

std::uint32_t Incarnation::distance(const Segment& s) const {
  const auto first = known(isn, s.from);
  return first ? s.seq.raw - first->raw : std::numeric_limits<std::uint32_t>::max();
}

bool Incarnation::repeats_ack(const Segment& s) const {
  const auto highest = known(acked, s.from);
  return s.kind == SegmentKind::ack && highest && ack_of(s) - *highest <= 0;
}

}  // namespace latesyn
