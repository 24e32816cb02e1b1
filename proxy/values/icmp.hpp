#pragma once
// The ICMP and ICMPv6 errors that tell a sender that its packet could not be delivered (RFC 792,
// RFC 4443 section 3.1).

#include <array>
#include <optional>
#include <string_view>

#include "proxy/values/packet.hpp"

namespace latesyn {

/// Why it could not. The names are those of iptables' REJECT, without "icmp-".
enum class Unreachable : std::uint8_t { net, host, port, admin_prohibited };
inline constexpr std::array<std::string_view, 4> kUnreachableNames{
    "net-unreachable", "host-unreachable", "port-unreachable", "admin-prohibited"};

/// An error about `packet`, which must be a whole TCP segment, to its sender. It seems to come from
/// the packet's destination, as we have no address of our own here.
Packet build_unreachable(Unreachable why, const Packet& packet);

}  // namespace latesyn
