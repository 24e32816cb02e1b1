#pragma once
// Counts how often the same segment of a connection is seen. It remembers the last 32 of each kind;
// a segment that comes again after more than that counts as new. Kinds are counted apart, so that
// what an interception plan leaves out changes no count.

#include <array>
#include <vector>

#include "proxy/core/segment.hpp"

namespace latesyn {

class Copies {
 public:
  /// Which time it is, from 1. Segments are the same where sender, kind, SEQ and size are, and for
  /// those without data the ACK too.
  std::uint32_t count(const Segment& s) {
    const Key key{s.from, s.seq.raw, s.payload_size == 0 ? s.ack.raw : 0, s.payload_size};
    Ring& ring = rings_[static_cast<std::size_t>(s.kind)];
    for (Entry& entry : ring.entries) {
      if (entry.key == key) return ++entry.times;
    }
    if (ring.entries.size() < kRemembered) {
      ring.entries.push_back({key, 1});
    } else {
      ring.entries[ring.oldest] = {key, 1};
      ring.oldest = (ring.oldest + 1) % kRemembered;
    }
    return 1;
  }

 private:
  static constexpr std::size_t kRemembered = 32;
  struct Key {
    Side from = Side::client;
    std::uint32_t seq = 0, ack = 0, payload_size = 0;
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    Key key;
    std::uint32_t times = 0;
  };
  struct Ring {
    std::vector<Entry> entries;
    std::size_t oldest = 0;
  };
  std::array<Ring, kSegmentKindNames.size()> rings_;
};

}  // namespace latesyn
