#pragma once
// Counts how often the same segment of a connection is seen. It remembers the last 32 of each kind.
// Of those before, data that comes again is known by its place behind what was sent, and counts as
// a first repetition; the rest counts as new. Kinds are counted apart, so that what an interception
// plan leaves out changes no count.

#include <array>
#include <optional>
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
    const Entry entry{key, sent_before(s) ? 2U : 1U};
    if (ring.entries.size() < kRemembered) {
      ring.entries.push_back(entry);
    } else {
      ring.entries[ring.oldest] = entry;
      ring.oldest = (ring.oldest + 1) % kRemembered;
    }
    return entry.times;
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

  /// Whether a segment repeats bytes that its sender has sent in segments of the same kind: without
  /// selective acknowledgment a whole window may lie between a segment and its retransmission.
  bool sent_before(const Segment& s) {
    auto& most = next_[static_cast<std::size_t>(s.from)];
    if (s.flags.syn) most.reset();
    if (s.kind != SegmentKind::data) return false;
    const Seq end = s.seq + s.payload_size;
    if (most && end - *most <= 0) return true;
    most = end;
    return false;
  }
  std::array<Ring, kSegmentKindNames.size()> rings_;
  std::array<std::optional<Seq>, 2> next_;  // behind the data that each side has sent
};

}  // namespace latesyn
