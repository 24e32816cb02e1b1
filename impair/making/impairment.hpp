#pragma once
// The contract of this folder: an impairment turns one departure into the departures that leave in
// its place. To add one, copy drop.cc, rename it, and write a policy that uses it. Nothing else
// needs an edit.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "impair/making/departure.hpp"
#include "impair/making/parameter.hpp"
#include "proxy/values/rng.hpp"
#include "proxy/values/segment_kind.hpp"

namespace latesyn {

/// Whether all that becomes of a packet is that it leaves later. Its bytes are then needed by
/// nobody as long as the kernel keeps it.
enum class Waits : std::uint8_t {
  not_only,
  variously,
  alike,  // by the same time for all packets
};

/// Whether it makes segments with the numbers that its connection has when they leave. For that,
/// where they leave later, all must be seen that the ends say until then.
enum class Forges : std::uint8_t { nothing, now, later };

/// Stateless after its making: what it does depends on its arguments only.
class Impairment {
 public:
  virtual ~Impairment() = default;
  /// Appends to `out` what leaves instead of `departure`. Chance comes from `rng` only.
  virtual void apply(Departure departure, Rng& rng, Departures& out) const = 0;
  /// What it does to a packet, to follow "a SYN …": "is dropped".
  virtual std::string sentence() const = 0;
  /// The trigger that its departures wait for.
  virtual Trigger waits_for() const { return Trigger::arrived; }
  /// Who it lets shake hands for the connections that its SYNs begin; none: as [traffic] says.
  virtual std::optional<HandshakeMode> handshake() const { return std::nullopt; }
  /// True where the packet itself leaves later, again or changed, so that all its bytes are needed.
  virtual bool captures() const { return !changes_nothing(); }
  virtual Waits waits() const { return Waits::not_only; }
  /// True where what leaves may come after, or beside, what its sender sends later.
  virtual bool reorders() const { return captures(); }
  /// True where a SYN may leave in the place of another segment.
  virtual bool makes_syns() const { return false; }
  /// Whether it speaks for one end to the other.
  virtual Forges forges() const { return Forges::nothing; }
  /// True where packets leave as if there were no rule, so that it may see the kernel's bundles of
  /// segments instead of segments.
  virtual bool changes_nothing() const { return false; }
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
