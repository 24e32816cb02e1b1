#pragma once
// Cutting an IPv4 packet into pieces that fit a link (RFC 791 section 3.2), where its sender allows
// that. IPv6 leaves it to the sender (RFC 8200 section 5).

#include <vector>

#include "proxy/packet/packet.hpp"

namespace latesyn {

/// True for IPv4 without DF (don't fragment).
bool may_be_fragmented(Bytes packet);

/// Packets of at most `mtu` bytes, at least 68 (RFC 791), in order, that make up `ipv4`, which must
/// be whole and may be a fragment itself.
std::vector<Packet> fragments_of(Bytes ipv4, std::size_t mtu);

}  // namespace latesyn
