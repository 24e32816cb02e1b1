#pragma once
// What a rule could ever match, found out before the first packet comes. Only what is truly
// impossible: with a simultaneous open (RFC 9293 figure 7) a server sends SYNs too.

#include <string>
#include <vector>

#include "proxy/match/match.hpp"

namespace latesyn {

/// The kinds of segments that its kinds and flags leave.
SegmentKinds possible_kinds(const Match& when);

/// Why no segment can ever match; empty where one can.
std::string why_never(const Match& when);

/// True where `first` matches every segment that `second` matches.
bool includes(const Match& first, const Match& second);

}  // namespace latesyn
