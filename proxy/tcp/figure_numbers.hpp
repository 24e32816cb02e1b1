#pragma once
// Sequence numbers as RFC 9293's figures show them: the first ISN of a client is 100, that of a
// server 300, and every further ISN of a side is shown 100 higher.

#include <absl/container/inlined_vector.h>

#include <algorithm>

#include "proxy/values/flow.hpp"
#include "proxy/values/seq.hpp"

namespace latesyn {

class FigureNumbers {
 public:
  /// A SYN of `side` was seen. Beyond eight ISNs a side, the oldest but the first is forgotten.
  void learn(Side side, Seq isn) {
    std::size_t kept = 0;
    std::uint32_t order = 0;
    auto oldest = numbered_.end();
    for (auto n = numbered_.begin(); n != numbered_.end(); ++n) {
      if (n->side != side) continue;
      if (n->isn == isn) return;
      if (n->order > 0 && oldest == numbered_.end()) oldest = n;
      order = n->order + 1;
      ++kept;
    }
    if (kept == kRemembered) numbered_.erase(oldest);
    numbered_.push_back({.isn = isn, .side = side, .order = order & 0xffffffU});
  }

  bool knows(Side side) const {
    return std::ranges::any_of(numbered_, [side](const Numbered& n) { return n.side == side; });
  }

  /// A number that `side` has sent (its SEQ, or the other side's ACK), counted from the ISN next
  /// below it; raw where no ISN of the side was seen.
  std::uint32_t show(Side side, Seq seq) const {
    const Numbered* best = nullptr;
    for (const Numbered& n : numbered_) {
      if (n.side != side) continue;
      if (best == nullptr || seq.raw - n.isn.raw < seq.raw - best->isn.raw) best = &n;
    }
    if (best == nullptr) return seq.raw;
    return (side == Side::client ? 100U : 300U) + 100U * best->order + (seq.raw - best->isn.raw);
  }

 private:
  static constexpr std::size_t kRemembered = 8;
  struct Numbered {
    Seq isn;
    Side side : 8;
    std::uint32_t order : 24;  // among the ISNs of its side, from 0
  };
  /// As they came; three are what a connection has whose client we answer with an ISN of our own.
  absl::InlinedVector<Numbered, 3> numbered_;
};

}  // namespace latesyn
