#pragma once
// The Internet checksum (RFC 1071), alone and over TCP's pseudo-header (RFC 9293 section 3.1,
// RFC 8200 section 8.1).

#include "proxy/packet/packet.hpp"
#include "proxy/values/address.hpp"

namespace latesyn {

/// The checksum of `bytes`; zero when they hold a right checksum already.
std::uint16_t internet_checksum(Bytes bytes);

/// The checksum of a TCP segment (header and payload) between two addresses of the same family;
/// zero when the segment holds a right checksum already.
std::uint16_t tcp_checksum(const IpAddress& from, const IpAddress& to, Bytes segment);

/// What becomes of a checksum where one of the numbers under it, at an even place, changes
/// (RFC 1624). A wrong one stays wrong: a damaged packet is not made to look whole.
std::uint16_t updated_checksum(std::uint16_t checksum, std::uint32_t before, std::uint32_t after);

}  // namespace latesyn
