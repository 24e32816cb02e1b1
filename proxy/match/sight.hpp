#pragma once
// A segment where the rules are held against it: all that a condition may look at.

#include "proxy/packet/segment.hpp"

namespace latesyn {

struct Sight {
  const Segment& segment;
  const TcpView& view;  // over the segment's own bytes
};

}  // namespace latesyn
