#pragma once
// What the engine knows about one segment: the facts on the wire, and its place in its connection.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/packet/tcp_view.hpp"
#include "proxy/values/segment_kind.hpp"

namespace latesyn {

/// Whether a segment belongs to the life that its connection has now, or to one that a late SYN
/// started beside or after it.
enum class Life : std::uint8_t { current, stale };
inline constexpr std::array<std::string_view, 2> kLifeNames{"current", "stale"};

/// How far a life of a connection has come, by what has reached its receiver.
enum class ConnectionState : std::uint8_t {
  syn_sent,      // the client's SYN has not reached the server yet
  syn_received,  // it has; the client's ACK of the server's SYN has not
  established,   // that has, and no FIN
  half_closed,   // a FIN from one end has
  closed,        // a FIN from each end, or a RST, has: TIME-WAIT or CLOSED
};
inline constexpr std::array<std::string_view, 5> kConnectionStateNames{
    "syn-sent", "syn-received", "established", "half-closed", "closed"};

/// What a segment is by itself: the ACK that completes a handshake is an ACK like others.
constexpr SegmentKind kind_alone(const Flags& flags, std::uint32_t payload_size) {
  if (flags.rst) return SegmentKind::rst;
  if (flags.syn) return flags.ack ? SegmentKind::syn_ack : SegmentKind::syn;
  if (flags.fin) return SegmentKind::fin;
  return payload_size > 0 ? SegmentKind::data : SegmentKind::ack;
}

struct Segment {
  FlowKey flow;
  Side from = Side::client;
  SegmentKind kind = SegmentKind::ack;
  Flags flags;
  Seq seq, ack;
  std::uint32_t payload_size = 0;

  /// The number of its connection among all that this engine has seen, from 1; 0: its beginning
  /// was not seen.
  std::uint32_t connection = 0;
  Life life = Life::current;
  /// The n-th time that this same segment is seen, from 1.
  std::uint32_t copy = 1;
  /// SEQ and ACK as figures show them: a client's first ISN is 100, a server's 300, the next ISN of
  /// a side is 100 more (RFC 9293 figures 6 to 13). Raw where no ISN was seen.
  std::uint32_t shown_seq = 0, shown_ack = 0;
  /// How many bytes its sender has sent before this segment's data, modulo 2^32; none where the
  /// sender's ISN was not seen.
  std::optional<std::uint32_t> position;
  /// Of its life, before it; none where its beginning was not seen.
  std::optional<ConnectionState> state;
  /// Said by a handshake of ours: its numbers are those of the end that it goes to.
  bool ours = false;

  /// How many sequence numbers it takes (RFC 9293 section 3.4).
  std::uint32_t sequence_size() const {
    return payload_size + (flags.syn ? 1U : 0U) + (flags.fin ? 1U : 0U);
  }
  /// SYN, FIN or RST.
  bool control() const { return flags.syn || flags.fin || flags.rst; }
  bool operator==(const Segment&) const = default;
};

}  // namespace latesyn
