#pragma once
// Counts how often the same segment of a connection is seen. It remembers the last 32 of each kind,
// and besides, apart, those that came again: the last 32, of data 128, as many as a window may have
// lost. Of those before, data that comes again is known by its place behind what was sent, and
// counts as a first repetition; the rest counts as new. Kinds are counted apart, so that what an
// interception plan leaves out changes no count.

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
    Entry* seen = nullptr;
    std::array<std::size_t, 2> others{};  // of its kind: seen once, and again
    for (Entry& e : entries_) {
      if (e.is(entry)) {
        seen = &e;
      } else if (same_kind(e, entry)) {
        ++others[e.times > 1 ? 1 : 0];
      }
    }
    if (seen != nullptr && seen->times > 1) return ++seen->times;
    if (seen != nullptr) entries_.erase(seen);
    if (seen != nullptr || sent_before(s)) entry.times = 2;
    if (others[entry.times - 1] == most_like(entry)) forget_oldest_like(entry);
    entries_.push_back(entry);
    return entry.times;
  }

 private:
  static constexpr std::size_t kRemembered = 32, kDataAgain = 128;
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

  static std::size_t most_like(const Entry& entry) {
    return entry.times > 1 && entry.payload_size != 0 ? kDataAgain : kRemembered;
  }
  /// However much is new, what is lost again and again keeps its count.
  void forget_oldest_like(const Entry& entry) {
    entries_.erase(std::ranges::find_if(entries_, [&entry](const Entry& e) {
      return same_kind(e, entry) && (e.times > 1) == (entry.times > 1);
    }));
  }

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

  // As many as a handshake has; those of one kind with the oldest first.
  absl::InlinedVector<Entry, 3> entries_;
  std::array<Seq, 2> next_{};  // behind the data that each side has sent
  std::array<bool, 2> known_{};
};

}  // namespace latesyn
