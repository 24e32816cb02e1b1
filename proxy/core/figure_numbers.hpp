#pragma once
// Sequence numbers as RFC 9293's figures show them: the first ISN of a client is 100, that of a
// server 300, and every further ISN of a side is shown 100 higher.

#include <algorithm>
#include <array>
#include <memory>

#include "proxy/values/flow.hpp"
#include "proxy/values/seq.hpp"

namespace latesyn {

class FigureNumbers {
 public:
  /// A SYN of `side` was seen. Beyond eight ISNs a side, the oldest but the first is forgotten.
  void learn(Side side, Seq isn) {
    Known& known = of(side);
    if (known.total == 0) {
      known.isn = isn;
    } else if (isn == known.isn || known.is_later(isn)) {
      return;
    } else {
      if (!known.later) known.later = std::make_unique<Later>();
      const std::size_t at = (known.total - 1) % kLater;
      (*known.later)[at] = {isn, known.first + 100 * known.total};
    }
    ++known.total;
  }

  bool knows(Side side) const { return (side == Side::client ? client_ : server_).total > 0; }

  /// A number that `side` has sent (its SEQ, or the other side's ACK), counted from the ISN next
  /// below it; raw where no ISN of the side was seen.
  std::uint32_t show(Side side, Seq seq) const {
    const Known& known = side == Side::client ? client_ : server_;
    if (known.total == 0) return seq.raw;
    Numbered best{known.isn, known.first};
    for (std::size_t i = 0; i < known.later_size(); ++i) {
      const Numbered& other = (*known.later)[i];
      if (seq.raw - other.isn.raw < seq.raw - best.isn.raw) best = other;
    }
    return best.shown + (seq.raw - best.isn.raw);
  }

 private:
  static constexpr std::size_t kLater = 7;
  struct Numbered {
    Seq isn;
    std::uint32_t shown = 0;
  };
  using Later = std::array<Numbered, kLater>;
  struct Known {
    std::uint32_t first;
    std::uint32_t total = 0;
    Seq isn;                       // the first
    std::unique_ptr<Later> later;  // those after it: few connections have any
    std::size_t later_size() const {
      return total == 0 ? 0 : std::min<std::size_t>(total - 1, kLater);
    }
    bool is_later(Seq other) const {
      for (std::size_t i = 0; i < later_size(); ++i) {
        if ((*later)[i].isn == other) return true;
      }
      return false;
    }
  };
  Known& of(Side side) { return side == Side::client ? client_ : server_; }
  Known client_{.first = 100}, server_{.first = 300};
};

}  // namespace latesyn
