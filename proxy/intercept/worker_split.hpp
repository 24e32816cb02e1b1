#pragma once
// Which of several workers has a flow. The engine asks a function, and the firewall a program that
// says the same (docs/decisions/0010).

#include <string>

#include "proxy/values/flow.hpp"

namespace latesyn {

/// The most workers of one run.
inline constexpr unsigned kWorkersMax = 16;

/// From 0 to `workers` - 1, by the two ports, so that both directions of a flow have the same.
unsigned worker_of(const Endpoint& from, const Endpoint& to, unsigned workers);

/// Where in a packet the ports stand that decide.
enum class PortsIn : std::uint8_t {
  segment,
  quote,  // the beginning of a TCP segment in an ICMP or ICMPv6 error
};

/// Classic BPF for iptables' `-m bpf --bytecode`, over a packet from its IP header: matches those
/// that are `worker`'s. Packets whose ports it does not find, which are cut off or have IPv6
/// extension headers, match for none.
std::string worker_bytecode(Family family, PortsIn place, unsigned worker, unsigned workers);

}  // namespace latesyn
