#pragma once
// What can be said in a few numbers of all segments that a rule covers. The index of rules, the
// interception plan and the count of copies are made from it: they know no condition by name.

#include <algorithm>
#include <limits>
#include <optional>

#include "proxy/packet/segment.hpp"

namespace latesyn {

/// Whole numbers from `first` to `last`, both included.
struct NumberRange {
  std::uint32_t first = 0, last = std::numeric_limits<std::uint32_t>::max();
  bool contains(std::uint32_t n) const { return first <= n && n <= last; }
  bool includes(const NumberRange& o) const { return first <= o.first && o.last <= last; }
  /// Only those that `o` has, too.
  void keep(const NumberRange& o) {
    first = std::max(first, o.first);
    last = std::min(last, o.last);
  }
  bool empty() const { return last < first; }
  bool operator==(const NumberRange&) const = default;
};

/// Each condition narrows it. What it leaves may still be more than the conditions do.
struct Outline {
  SegmentKinds named = SegmentKinds::all();  // by the rule itself, and by what it does
  SegmentKinds kinds = SegmentKinds::all();  // those of them that can have what is asked for
  std::optional<Side> from;
  std::optional<std::uint32_t> copy;
  std::optional<std::uint32_t> connection;  // that one only
  std::optional<std::uint32_t> every;       // connections k, 2k, 3k …
  std::optional<Life> life;
  NumberRange payload;  // bytes of user data

  /// Of a bundle of segments that the kernel hands over as one, some may be covered and some not.
  bool splits_bundles = false;
  /// What is covered depends on segments of other kinds, which must be seen for it.
  bool asks_for_others = false;
  /// It must be remembered when connections began, and when their handshakes were complete.
  bool asks_for_moments = false;

  /// Those alone, of what is left.
  void keep(SegmentKinds only) {
    named = named & only;
    kinds = kinds & only;
  }

  /// True where it leaves the segment.
  bool covers(const Segment& s) const {
    return kinds.has(s.kind) && (!from || *from == s.from) && (!copy || *copy == s.copy) &&
           (!connection || *connection == s.connection) &&
           (!every || (s.connection != 0 && s.connection % *every == 0)) &&
           (!life || *life == s.life) && payload.contains(s.payload_size);
  }

  /// True where it leaves everything that `second` leaves.
  bool includes(const Outline& second) const {
    const auto same = [](const auto& own, const auto& other) { return !own || own == other; };
    return (named & second.kinds) == second.kinds && same(from, second.from) &&
           same(copy, second.copy) && same(connection, second.connection) &&
           includes_connections(second) && same(life, second.life) &&
           payload.includes(second.payload);
  }

 private:
  bool includes_connections(const Outline& second) const {
    if (!every) return true;
    if (second.connection) return *second.connection % *every == 0;
    return second.every && *second.every % *every == 0;
  }
};

}  // namespace latesyn
