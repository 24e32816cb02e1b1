#pragma once
// Firewall rules that a killed latesyn left behind. They let all packets by, as nobody has bound
// their queue, but the next program that binds it would get them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/firewall/firewall_program.hpp"
#include "proxy/linux/bound_queues.hpp"
#include "proxy/values/address.hpp"

namespace latesyn {

/// The queue in a chain's name; nothing where the name is not one of ours.
std::optional<std::uint16_t> queue_of(std::string_view chain);

struct OwnChain {
  Family family = Family::v4;
  std::string name;                 // "LATESYN-9293"
  std::optional<BoundQueue> owner;  // of its queue: whoever it is, the chain is in use
  BackEnd back_end = kUsual;
};

/// The chains of the form that latesyn makes, of one family, in the calling thread's network
/// namespace, whichever iptables made them. Throws std::runtime_error.
std::vector<OwnChain> find_chains(Family family);

/// Removes `chain` and all jumps to it. Throws std::runtime_error.
void remove_chain(const OwnChain& chain);

/// Removes every chain of that family whose queue nobody has bound, and returns them. Throws
/// std::runtime_error.
std::vector<OwnChain> remove_leftovers(Family family);

}  // namespace latesyn
