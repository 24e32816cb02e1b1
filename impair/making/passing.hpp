#pragma once
// A packet at a rule: what an impairment may know besides the departure that it is given.

#include "impair/making/memory.hpp"
#include "proxy/packet/segment.hpp"
#include "proxy/values/rng.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

struct Passing {
  /// When it stands there: where the rule remembers, behind all waits of the rules before it.
  Time now;
  /// The segment that came in, of which the departure is made.
  const Segment& segment;
  /// What the departure weighs, from its IP header on.
  std::uint32_t wire_size = 0;
  /// The rule's chance for this segment.
  Rng& rng;
  /// Of the departure's owner, as Effects::remembers says; null where there is none.
  Memory* memory = nullptr;
};

}  // namespace latesyn
