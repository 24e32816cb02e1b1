#include "proxy/core/incarnation.hpp"

#include <limits>

namespace latesyn {
namespace {

std::uint32_t sequence_size(const Segment& s) {
  return s.payload_size + (s.flags.syn ? 1U : 0U) + (s.flags.fin ? 1U : 0U);
}

}  // namespace

void Incarnation::sent(const Segment& s) {
  if (s.flags.syn) learn(isn, s.from, s.seq);
}

Incarnation::Change Incarnation::delivered(const Segment& s, Time now) {
  Change change;
  if (s.kind == SegmentKind::syn && s.from == Side::client) syn_delivered_ = true;
  if (s.flags.ack) {
    const auto before = known(acked, s.from);
    if (!before || s.ack - *before > 0) learn(acked, s.from, s.ack);
  }
  const auto server = server_isn();
  const bool third =
      s.from == Side::client && s.flags.ack && !s.flags.rst && server && s.ack - *server > 0;
  if (third && !established_) change.established = established_ = true;
  if (s.flags.fin && !known(fin, s.from)) {
    learn(fin, s.from, s.seq + sequence_size(s));
    if (!first_fin_) first_fin_ = s.from;
  }
  reset_ = reset_ || s.flags.rst;
  const bool finished = known(fin, Side::client) && known(fin, Side::server);
  if (!closed_ && (s.flags.rst || finished)) {
    change.closed = closed_ = true;
    closed_at_ = now;
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
  return closed_ && !reset_ && first_fin_ == Side::server && now - closed_at_ < kTimeWait;
}

bool Incarnation::completes_close(const Segment& s) const {
  const auto last = known(fin, other(s.from));
  return s.kind == SegmentKind::ack && last && s.ack == *last && known(acked, s.from) != last;
}

std::uint32_t Incarnation::distance(const Segment& s) const {
  const auto first = known(isn, s.from);
  return first ? s.seq.raw - first->raw : std::numeric_limits<std::uint32_t>::max();
}

bool Incarnation::repeats_ack(const Segment& s) const {
  const auto highest = known(acked, s.from);
  return s.kind == SegmentKind::ack && highest && s.ack - *highest <= 0;
}

}  // namespace latesyn
