#pragma once
// The hop that a router takes off each packet that it passes on.

#include "proxy/packet/packet.hpp"

namespace latesyn {

/// As a router does (RFC 1812 section 5.3.1); IPv4's header checksum follows. False, and no change,
/// where the packet has no hop left. `packet` must start with a whole IPv4 or IPv6 header.
[[nodiscard]] bool take_hop(MutableBytes packet);

/// Computes the checksum of an IPv4 header, with its options, afresh.
void complete_header_checksum(MutableBytes ipv4);

}  // namespace latesyn
