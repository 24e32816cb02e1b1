#pragma once
// All that the plan, the loader, `check` and the engine must know of an impairment before any
// packet comes: one value, which it says once.

#include <optional>

#include "impair/making/departure.hpp"
#include "impair/making/memory.hpp"

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

struct Effects {
  /// The packet itself leaves later, again or changed, so that all its bytes are needed.
  bool captures = true;
  /// What leaves may come after, or beside, what its sender sends later.
  bool reorders = true;
  /// A SYN may leave in the place of another segment.
  bool makes_syns = false;
  /// Packets leave as if there were no rule, so that it may see the kernel's bundles of segments
  /// instead of segments.
  bool nothing = false;
  Waits waits = Waits::not_only;
  /// Whether it speaks for one end to the other.
  Forges forges = Forges::nothing;
  /// The trigger that its departures wait for.
  Trigger waits_for = Trigger::arrived;
  /// Who it lets shake hands for the connections that its SYNs begin; none: as [traffic] says.
  std::optional<HandshakeMode> handshake = std::nullopt;
  /// Whose packets share one memory of it; none: it remembers nothing.
  std::optional<Scope> remembers = std::nullopt;
};

/// Of what leaves each packet as it is.
inline constexpr Effects kNoEffects{.captures = false, .reorders = false, .nothing = true};

}  // namespace latesyn
