#pragma once
// Sequence numbers as RFC 9293's figures show them: the first ISN of a client is 100, that of a
// server 300, and every further ISN of a side is shown 100 higher.

#include <array>
#include <optional>

#include "proxy/values/flow.hpp"
#include "proxy/values/seq.hpp"

namespace latesyn {

class FigureNumbers {
 public:
  /// A SYN of `side` was seen. Beyond eight ISNs a side, the oldest but the first is forgotten.
  void learn(Side side, Seq isn) {
    Known& known = of(side);
    for (std::size_t i = 0; i < known.size; ++i) {
      if (known.isns[i] == isn) return;
    }
    const std::size_t at = known.size < known.isns.size() ? known.size++ : 1 + known.total % 7;
    known.isns[at] = isn;
    known.shown[at] = known.first + 100 * static_cast<std::uint32_t>(known.total++);
  }

  bool knows(Side side) const { return (side == Side::client ? client_ : server_).size > 0; }

  /// A number that `side` has sent (its SEQ, or the other side's ACK), counted from the ISN next
  /// below it; raw where no ISN of the side was seen.
  std::uint32_t show(Side side, Seq seq) const {
    const Known& known = side == Side::client ? client_ : server_;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < known.size; ++i) {
      if (!best || seq.raw - known.isns[i].raw < seq.raw - known.isns[*best].raw) best = i;
    }
    return best ? known.shown[*best] + (seq.raw - known.isns[*best].raw) : seq.raw;
  }

 private:
  struct Known {
    std::uint32_t first;
    std::array<Seq, 8> isns{};
    std::array<std::uint32_t, 8> shown{};
    std::size_t size = 0, total = 0;
  };
  Known& of(Side side) { return side == Side::client ? client_ : server_; }
  Known client_{.first = 100}, server_{.first = 300};
};

}  // namespace latesyn
