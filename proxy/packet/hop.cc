#include "proxy/packet/hop.hpp"

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {

void complete_header_checksum(MutableBytes ipv4) {
  const std::size_t header = (wire::u8(ipv4, 0) & 0x0fU) * 4U;
  wire::put16(ipv4, 10, 0);
  wire::put16(ipv4, 10, internet_checksum(ipv4.first(header)));
}

bool take_hop(MutableBytes packet) {
  const bool v4 = wire::u8(packet, 0) >> 4U == 4;
  const std::size_t at = v4 ? 8 : 7;
  const std::uint8_t hops = wire::u8(packet, at);
  if (hops <= 1) return false;
  wire::put8(packet, at, static_cast<std::uint8_t>(hops - 1));
  if (v4) complete_header_checksum(packet);
  return true;
}

}  // namespace latesyn
