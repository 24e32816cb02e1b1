#pragma once
// The ICMP and ICMPv6 errors that tell a sender that its packet could not be delivered (RFC 792,
// RFC 4443 section 3.1).

#include <array>
#include <optional>
#include <string_view>

#include "proxy/packet/packet.hpp"
#include "proxy/values/address.hpp"

namespace latesyn {

/// Why it could not. The names are those of RFC 792, RFC 1122 section 3.2.2.1 and RFC 1812 section
/// 5.2.7.1; IPv6 says the nearest that it has.
enum class Unreachable : std::uint8_t {
  net,
  host,
  port,
  admin_prohibited,
  protocol,
  net_prohibited,
  host_prohibited,
  fragmentation_needed,  // with an MTU (RFC 1191); in IPv6 Packet Too Big (RFC 8201)
  time_exceeded,         // in transit: no hop was left
};
inline constexpr std::array<std::string_view, 9> kUnreachableNames{
    "net-unreachable",  "host-unreachable",     "port-unreachable",
    "admin-prohibited", "protocol-unreachable", "net-prohibited",
    "host-prohibited",  "fragmentation-needed", "time-exceeded"};

constexpr std::string_view name(Unreachable why) {
  return kUnreachableNames[static_cast<std::size_t>(why)];
}

/// The least MTU that IPv6 has (RFC 8200 section 5).
inline constexpr std::uint16_t kLeastMtu = 1280;

/// An error about `packet`, which must be a whole TCP segment, to its sender. It comes from the
/// address `teller`, or else seems to come from the packet's destination. `mtu` is said where
/// packets are too big.
Packet build_unreachable(Unreachable why, const Packet& packet, std::uint16_t mtu = kLeastMtu,
                         const std::optional<IpAddress>& teller = {});

}  // namespace latesyn
