#pragma once
// Counts how often the same segment of a connection is seen. It remembers the last 32 of each kind.
// Of those before, data that comes again is known by its place behind what was sent, and counts as
// a first repetition; the rest counts as new. Kinds are counted apart, so that what an interception
// plan leaves out changes no count.

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <array>

#include "proxy/packet/segment.hpp"

namespace latesyn {

class Copies {
 public:
  Copies() = default;
  /// Where `first`, which has no data, was seen so many times, and nothing else.
  Copies(const Segment& first, std::uint32_t times) { entries_.push_back(entry_of(first, times)); }

  /// Which time it is, from 1. Segments are the same where sender, kind, SEQ and size are, and for
  /// those without data the ACK too.
  std::uint32_t count(const Segment& s) {
    Entry entry = entry_of(s, 1);
    std::size_t of_kind = 0;
    for (Entry& seen : entries_) {
      if (same_kind(seen, entry)) ++of_kind;
      if (seen.is(entry)) return ++seen.times;
    }
    if (sent_before(s)) entry.times = 2;
    // Kept in the order that they came in: the first of the kind is its oldest.
    if (of_kind == kRemembered) {
      entries_.erase(
          std::ranges::find_if(entries_, [&entry](const Entry& e) { return same_kind(e, entry); }));
    }
    entries_.push_back(entry);
    return entry.times;
  }

 private:
  static constexpr std::size_t kRemembered = 32;
  struct Entry {
    std::uint32_t seq = 0, ack = 0, payload_size = 0;
    std::uint32_t tag : 8 = 0;  // sender and kind
    std::uint32_t times : 24 = 1;
    bool is(const Entry& o) const {
      return seq == o.seq && ack == o.ack && payload_size == o.payload_size && tag == o.tag;
    }
  };
  static Entry entry_of(const Segment& s, std::uint32_t times) {
    const auto tag = static_cast<unsigned>(s.kind) << 1U | static_cast<unsigned>(s.from);
    return {.seq = s.seq.raw,
            .ack = s.payload_size == 0 ? s.ack.raw : 0,
            .payload_size = s.payload_size,
            .tag = tag & 0xffU,
            .times = times & 0xffffffU};
  }
  static bool same_kind(const Entry& a, const Entry& b) { return a.tag >> 1U == b.tag >> 1U; }

  /// Whether a segment repeats bytes that its sender has sent in segments of the same kind: without
  /// selective acknowledgment a whole window may lie between a segment and its retransmission.
  bool sent_before(const Segment& s) {
    const auto side = static_cast<std::size_t>(s.from);
    if (s.flags.syn) known_[side] = false;
    if (s.kind != SegmentKind::data) return false;
    const Seq end = s.seq + s.payload_size;
    if (known_[side] && end - next_[side] <= 0) return true;
    known_[side] = true;
    next_[side] = end;
    return false;
  }

  absl::InlinedVector<Entry, 3> entries_;  // as many as a handshake has
  std::array<Seq, 2> next_{};              // behind the data that each side has sent
  std::array<bool, 2> known_{};
};

}  // namespace latesyn
