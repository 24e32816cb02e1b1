#pragma once
// Which segments a rule is about. What is left out matches everything.

#include <optional>

#include "proxy/core/segment.hpp"

namespace latesyn {

/// Of the flags in `mask`, exactly those in `set` are set, as iptables' --tcp-flags.
struct FlagMatch {
  std::uint8_t mask = 0, set = 0;
  bool covers(Flags flags) const { return (flags.bits() & mask) == set; }
  bool operator==(const FlagMatch&) const = default;
};

struct Match {
  SegmentKinds segments = SegmentKinds::all();
  std::optional<Side> from;
  std::optional<std::uint32_t> copy;
  std::optional<std::uint32_t> connection;  // that one only
  std::optional<std::uint32_t> every;       // connections k, 2k, 3k …
  std::optional<Life> life;
  std::optional<FlagMatch> flags;
  double probability = 1;

  /// Everything but `probability`, which is for the engine to draw.
  bool covers(const Segment& segment) const;
};

}  // namespace latesyn
