#pragma once
// The contract of this folder: an impairment turns one departure into the departures that leave in
// its place. To add one, copy drop.cc, rename it, and write a policy that uses it. Nothing else
// needs an edit.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "impair/making/departure.hpp"
#include "impair/making/effects.hpp"
#include "impair/making/parameter.hpp"
#include "impair/making/passing.hpp"
#include "proxy/values/segment_kind.hpp"

namespace latesyn {

/// Stateless after its making: what it does depends on its arguments only. One that remembers is a
/// Remembers<T> (remembers.hpp).
class Impairment {
 public:
  virtual ~Impairment() = default;
  /// Appends to `out` what leaves instead of `departure`. Chance comes from `passing` only.
  virtual void apply(Departure departure, Passing& passing, Departures& out) const = 0;
  /// What it does to a packet, to follow "a SYN …": "is dropped".
  virtual std::string sentence() const = 0;
  /// What others must know of it; always the same.
  virtual Effects effects() const { return {}; }
  /// A memory for one more owner; null where it remembers nothing.
  virtual std::unique_ptr<Memory> remember() const { return nullptr; }
};

/// One row of the registry: an impairment's name, parameters and maker.
struct ImpairmentKind {
  std::string_view name;
  /// One sentence for `latesyn impairments`.
  std::string_view about;
  std::span<const Parameter> parameters;
  /// May throw BadParameter.
  std::unique_ptr<const Impairment> (*make)(const Parameters&);
  /// The segments it can do anything to.
  SegmentKinds meant_for = SegmentKinds::all();
};

/// Declared once, at the foot of each impairment's file. Two of one name are a programming error.
struct Registered {
  explicit Registered(const ImpairmentKind& kind);
};

/// Null where no impairment has that name.
const ImpairmentKind* find_impairment(std::string_view name);
/// All of them, by name.
std::vector<const ImpairmentKind*> impairments();

/// A maker for impairments whose constructor takes the parameters.
template <typename T>
std::unique_ptr<const Impairment> make_impairment(const Parameters& parameters) {
  return std::make_unique<T>(parameters);
}

}  // namespace latesyn
