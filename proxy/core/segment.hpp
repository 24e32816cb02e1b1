#pragma once
// What the engine knows about one segment: the facts on the wire, and its place in its connection.

#include <cstdint>

#include "proxy/values/segment_kind.hpp"
#include "proxy/values/tcp_view.hpp"

namespace latesyn {

/// Whether a segment belongs to the life that its connection has now, or to one that a late SYN
/// started beside or after it.
enum class Life : std::uint8_t { current, stale };

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

  bool operator==(const Segment&) const = default;
};

}  // namespace latesyn
