#pragma once
// Sequence numbers as RFC 9293's figures show them: the first ISN of a client is 100, that of a
// server 300, and every further ISN of a side is shown 100 higher.

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "proxy/values/flow.hpp"
#include "proxy/values/seq.hpp"

namespace latesyn {

class FigureNumbers {
 public:
  /// A SYN of `side` was seen. Beyond eight ISNs a side, the oldest but the first is forgotten.
  void learn(Side side, Seq isn) {
    const std::size_t at = place(side);
    if (!known_[at]) {
      known_[at] = true;
      first_[at] = isn;
    } else if (isn != first_[at] && !is_later(side, isn)) {
      if (!later_) later_ = std::make_unique<std::array<Later, 2>>();
      (*later_)[at].add(isn, shown_first(side));
    }
  }

  bool knows(Side side) const { return known_[place(side)]; }

  /// A number that `side` has sent (its SEQ, or the other side's ACK), counted from the ISN next
  /// below it; raw where no ISN of the side was seen.
  std::uint32_t show(Side side, Seq seq) const {
    if (!knows(side)) return seq.raw;
    Numbered best{first_[place(side)], shown_first(side)};
    for (const Numbered& other : later(side)) {
      if (seq.raw - other.isn.raw < seq.raw - best.isn.raw) best = other;
    }
    return best.shown + (seq.raw - best.isn.raw);
  }

 private:
  struct Numbered {
    Seq isn;
    std::uint32_t shown = 0;
  };
  /// Those of one side after the first.
  struct Later {
    static constexpr std::size_t kRemembered = 7;
    std::array<Numbered, kRemembered> numbered;
    std::uint32_t total = 0;
    void add(Seq isn, std::uint32_t shown_first) {
      numbered[total % kRemembered] = {isn, shown_first + 100 * (total + 1)};
      ++total;
    }
  };
  static constexpr std::size_t place(Side side) { return static_cast<std::size_t>(side); }
  static constexpr std::uint32_t shown_first(Side side) { return side == Side::client ? 100 : 300; }

  std::span<const Numbered> later(Side side) const {
    if (!later_) return {};
    const Later& all = (*later_)[place(side)];
    return std::span(all.numbered).first(std::min<std::size_t>(all.total, Later::kRemembered));
  }
  bool is_later(Side side, Seq isn) const {
    return std::ranges::any_of(later(side), [isn](const Numbered& n) { return n.isn == isn; });
  }

  // By side.
  std::array<Seq, 2> first_{};
  std::array<bool, 2> known_{};
  std::unique_ptr<std::array<Later, 2>> later_;  // few connections have any
};

}  // namespace latesyn
