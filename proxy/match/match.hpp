#pragma once
// Which segments a rule is about. What is left out matches everything.

#include <bitset>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "proxy/packet/segment.hpp"

namespace latesyn {

/// Of the flags in `mask`, exactly those in `set` are set, as iptables' --tcp-flags.
struct FlagMatch {
  std::uint8_t mask = 0, set = 0;
  bool covers(Flags flags) const { return (flags.bits() & mask) == set; }
  bool operator==(const FlagMatch&) const = default;
};

/// Whole numbers from `first` to `last`, both included.
struct NumberRange {
  std::uint32_t first = 0, last = std::numeric_limits<std::uint32_t>::max();
  bool contains(std::uint32_t n) const { return first <= n && n <= last; }
  bool operator==(const NumberRange&) const = default;
};

/// A set of a connection's states.
using ConnectionStates = std::bitset<kConnectionStateNames.size()>;

struct Match {
  SegmentKinds segments = SegmentKinds::all();
  std::optional<Side> from;
  std::optional<std::uint32_t> copy;
  std::optional<std::uint32_t> connection;  // that one only
  std::optional<std::uint32_t> every;       // connections k, 2k, 3k …
  std::optional<Life> life;
  std::optional<FlagMatch> flags;
  std::optional<NumberRange> payload;   // bytes of user data
  std::optional<NumberRange> position;  // one byte at least of the sender's stream is among these
  std::optional<ConnectionStates> states;
  std::vector<std::uint8_t> options, no_options;  // kinds that it has, and that it has not
  std::optional<std::uint8_t> ecn;                // the two bits of IP
  double probability = 1;

  /// Everything but `probability`, which is for the engine to draw. `view` is over the segment's
  /// own bytes: what only few rules ask for is read when one does.
  bool covers(const Segment& segment, const TcpView& view) const;
};

/// "SYN,ACK SYN": of these flags exactly those are set. One list alone, "SYN,ACK": of FIN, SYN, RST
/// and ACK exactly those. ALL and NONE stand for lists. Nothing where the text has another form.
std::optional<FlagMatch> parse_flag_match(std::string_view text);

}  // namespace latesyn
