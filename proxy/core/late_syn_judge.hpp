#pragma once
// Reads off the wire what became of a late SYN. It is told of every segment of the SYN's flow, once
// when it is sent and once when it reaches the other end; each call says whether it changed
// anything.

#include "proxy/core/connection.hpp"
#include "proxy/core/late_syn.hpp"

namespace latesyn {

/// `others_open`: the server holds state for an earlier late SYN of the same flow already.
bool judge_sent(LateSyn& late, const Segment& segment, const Connection& connection,
                bool others_open, Time now);

bool judge_delivered(LateSyn& late, const Segment& segment, const Connection& connection, Time now);

/// True while the server holds state for it.
inline bool open(const LateSyn& late) { return late.state_from && !late.state_until; }

}  // namespace latesyn
