#pragma once
// Counts how often the same segment of a connection is seen. It remembers the last 32 that differ;
// a segment that comes again after more than that counts as new.

#include <array>

#include "proxy/core/segment.hpp"

namespace latesyn {

class Copies {
 public:
  /// Which time it is, from 1. Segments are the same where sender, kind, SEQ and size are, and for
  /// those without data the ACK too.
  std::uint32_t count(const Segment& s) {
    const Key key{s.from, s.kind, s.seq.raw, s.payload_size == 0 ? s.ack.raw : 0, s.payload_size};
    for (Entry& entry : entries_) {
      if (entry.times != 0 && entry.key == key) return ++entry.times;
    }
    entries_[next_] = {key, 1};
    next_ = (next_ + 1) % entries_.size();
    return 1;
  }

 private:
  struct Key {
    Side from = Side::client;
    SegmentKind kind = SegmentKind::ack;
    std::uint32_t seq = 0, ack = 0, payload_size = 0;
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    Key key;
    std::uint32_t times = 0;
  };
  std::array<Entry, 32> entries_{};
  std::size_t next_ = 0;
};

}  // namespace latesyn
