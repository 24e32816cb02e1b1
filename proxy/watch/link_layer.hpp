#pragma once
// What stands in front of the IP header in a capture, by the link types of tcpdump.org.

#include <array>

#include "proxy/packet/packet.hpp"

namespace latesyn {

/// LINKTYPE_LINUX_SLL: what latesyn writes. libpcap takes no two interfaces of raw IP (101) in one
/// file, as it knows that by another number inside.
inline constexpr std::uint16_t kLinuxCooked = 113;
inline constexpr std::size_t kLinuxCookedSize = 16;

/// What stands in front of an IP packet on a link of that type without addresses.
std::array<std::byte, kLinuxCookedSize> cooked_header(Bytes packet, bool sent);

/// True for Ethernet, Linux cooked captures (versions 1 and 2) and raw IP.
bool is_known_link(std::uint16_t link);

/// The frame's packet, from its IP header, behind any VLAN tags; empty where it holds none.
Bytes ip_packet(std::uint16_t link, Bytes frame);

}  // namespace latesyn
