#pragma once
// A segment where the rules are held against it: all that a condition may look at.

#include <optional>

#include "proxy/packet/segment.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// Moments of the segment's connection that lie before the segment. None: it has not happened yet,
/// or was not seen; or no rule asks (Outline::asks_for_moments).
struct Moments {
  std::optional<Time> began;      // its client's first SYN was sent
  std::optional<Time> completed;  // its handshake was complete
  std::optional<Time> heard;      // a segment of it came or left, in either direction; the last one
};

struct Sight {
  const Segment& segment;
  const TcpView& view;  // over the segment's own bytes
  Time now = {};        // since latesyn started
  Moments moments = {};
};

}  // namespace latesyn
