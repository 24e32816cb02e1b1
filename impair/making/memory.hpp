#pragma once
// What a rule remembers from one packet to the next, and for whom. Who keeps it, for how long and
// how much of it, is the engine's business (proxy/engine/rules/rule_memory.hpp).

#include <array>
#include <cstdint>
#include <string_view>

namespace latesyn {

/// Whose packets share one memory of a rule's.
enum class Scope : std::uint8_t {
  rule,       // all that the rule acts on
  client,     // those of all connections of one client's address
  flow,       // those of one 4-tuple, in both directions
  direction,  // those of one 4-tuple to one of its ends
};
inline constexpr std::array<std::string_view, 4> kScopeNames{"rule", "client", "flow", "direction"};
constexpr std::string_view name(Scope scope) {
  return kScopeNames[static_cast<std::size_t>(scope)];
}

/// True where all packets that share a memory are of one flow, and so of one worker.
constexpr bool is_of_flow(Scope scope) { return scope == Scope::flow || scope == Scope::direction; }

/// Made by Impairment::remember for each owner, and given back to it with each of the owner's
/// packets.
struct Memory {
  Memory() = default;
  virtual ~Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
};

}  // namespace latesyn
