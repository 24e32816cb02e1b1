#include "proxy/core/incarnation.hpp"

#include <limits>

namespace latesyn {
namespace {

constexpr Duration kTimeWait = std::chrono::seconds(60);  // TCP_TIMEWAIT_LEN of Linux
std::uint32_t sequence_size(const Segment& s) {
  return s.payload_size + (s.flags.syn ? 1U : 0U) + (s.flags.fin ? 1U : 0U);
}

}  // namespace

void Incarnation::sent(const Segment& s) {
  if (s.flags.syn) half(s.from).isn = s.seq;
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

ConnectionState Incarnation::state() const {
  if (closed_) return ConnectionState::closed;
  if (client_.fin || server_.fin) return ConnectionState::half_closed;
  if (!syn_delivered_) return ConnectionState::syn_sent;
  return established_ ? ConnectionState::established : ConnectionState::syn_received;
}

std::optional<std::uint32_t> Incarnation::position(const Segment& s) const {
  const auto& isn = half(s.from).isn;
  // The SYN stands before the first byte (RFC 9293 section 3.4).
  return isn ? std::optional(s.seq.raw - isn->raw - (s.flags.syn ? 0U : 1U)) : std::nullopt;
}

bool Incarnation::server_in_time_wait(Time now) const {
  return closed_ && !reset_ && first_fin_ == Side::server && now - closed_at_ < kTimeWait;
}

bool Incarnation::completes_close(const Segment& s) const {
  const auto& fin = half(other(s.from)).fin;
  return s.kind == SegmentKind::ack && fin && s.ack == *fin && half(s.from).acked != fin;
}

std::uint32_t Incarnation::distance(const Segment& s) const {
  const auto& isn = half(s.from).isn;
  return isn ? s.seq.raw - isn->raw : std::numeric_limits<std::uint32_t>::max();
}

bool Incarnation::repeats_ack(const Segment& s) const {
  const auto& acked = half(s.from).acked;
  return s.kind == SegmentKind::ack && acked && s.ack - *acked <= 0;
}

}  // namespace latesyn
