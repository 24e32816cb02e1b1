#pragma once
// What stands in IP headers: protocol numbers (IANA's, both in IPv4's Protocol and in IPv6's Next
// Header), and the hops that a packet of our own may take.

#include <cstdint>

namespace latesyn {

inline constexpr std::uint8_t kIcmp = 1, kTcp = 6, kIcmp6 = 58;
inline constexpr std::uint8_t kHops = 64;

}  // namespace latesyn
