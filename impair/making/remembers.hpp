#pragma once
// Impairments whose packets are not each for themselves: what they make of one depends on those
// before it.

#include "impair/making/impairment.hpp"

namespace latesyn {

/// An impairment with a memory of type T, which starts as T{}. All that it remembers is there: it
/// must be a function of the packets that its rule has seen, in their order.
template <typename T>
class Remembers : public Impairment {
 public:
  std::unique_ptr<Memory> remember() const final { return std::make_unique<Kept>(); }
  /// Where it is given no memory, each packet is the first.
  void apply(Departure departure, Passing& passing, Departures& out) const final {
    Kept none;
    Kept& kept = passing.memory == nullptr ? none : static_cast<Kept&>(*passing.memory);
    apply(std::move(departure), passing, kept.value, out);
  }
  virtual void apply(Departure departure, Passing& passing, T& memory, Departures& out) const = 0;

 private:
  struct Kept final : Memory {
    T value{};
  };
};

constexpr Parameter scope_parameter() {
  return {"scope", ParameterKind::choice, "rule",
          "whose packets share one memory: all of the rule's, those of a client's address, of a "
          "flow, or of one direction of a flow",
          kScopeNames};
}

inline Scope scope(const Parameters& p) { return named<Scope>(kScopeNames, p.choice("scope")); }

}  // namespace latesyn
