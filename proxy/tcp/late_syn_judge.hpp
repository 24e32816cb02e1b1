#pragma once
// Reads off the wire what became of the late SYNs of one flow. It is told of every segment of the
// flow, once when it is sent and once when it reaches the other end; each call says which of them
// it has changed.

#include <vector>

#include "proxy/tcp/connection.hpp"
#include "proxy/tcp/late_syn.hpp"

namespace latesyn {

/// A late SYN of which more may become known.
struct JudgedSyn {
  LateSyn late;
  std::uint32_t payload_size = 0;  // of the SYN
  /// It was the first copy to reach the server, and its client had given up by then: no stale life
  /// begins with it.
  bool abandoned = false;
  /// The server was asked for another connection since.
  bool succeeded = false;
};

/// In order of departure.
using JudgedSyns = std::vector<JudgedSyn>;

/// How long a server takes to answer, at most, where a segment could be a repetition of its answer
/// to another SYN as well: its first retransmission comes after 1 s (RFC 6298 section 2.1).
inline constexpr Duration kPrompt = std::chrono::milliseconds(900);

/// True while the server holds state for it.
inline bool open(const LateSyn& late) { return late.state_from && !late.state_until; }

/// A segment was sent. Answers go to the SYNs in the order in which these left: null where it is
/// about none of them.
JudgedSyn* judge_sent(JudgedSyns& all, const Segment& segment, const Connection& connection,
                      Time now);

/// A segment was delivered; false where that changes nothing about `judged`.
bool judge_delivered(JudgedSyn& judged, const Segment& segment, const Connection& connection,
                     Time now);

}  // namespace latesyn
