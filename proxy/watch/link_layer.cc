#include "proxy/watch/link_layer.hpp"

#include <algorithm>
#include <array>

#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

constexpr unsigned kIpv4 = 0x0800, kIpv6 = 0x86dd, kVlan = 0x8100, kServiceVlan = 0x88a8,
                   kOldServiceVlan = 0x9100;

/// Link types. 12 is what libpcap calls raw IP inside, and some programs write.
constexpr std::uint16_t kEthernet = 1, kRaw = 101, kRawInside = 12, kRawIpv4 = 228, kRawIpv6 = 229,
                        kCooked2 = 276;
constexpr std::array kRawLinks{kRaw, kRawInside, kRawIpv4, kRawIpv6};

/// Where a link's header has its EtherType, and how long it is.
struct Link {
  std::uint16_t type;
  std::size_t protocol_at, size;
};
constexpr std::array kLinks{
    Link{kEthernet, 12, 14},
    Link{kLinuxCooked, 14, 16},
    Link{kCooked2, 0, 20},
};

bool is_raw(std::uint16_t link) { return std::ranges::find(kRawLinks, link) != kRawLinks.end(); }

bool is_vlan(unsigned protocol) {
  return protocol == kVlan || protocol == kServiceVlan || protocol == kOldServiceVlan;
}

const Link* find(std::uint16_t link) {
  const auto* const found = std::ranges::find(kLinks, link, &Link::type);
  return found == kLinks.end() ? nullptr : found;
}

}  // namespace

bool is_known_link(std::uint16_t link) { return is_raw(link) || find(link) != nullptr; }

std::array<std::byte, kLinuxCookedSize> cooked_header(Bytes packet, bool sent) {
  constexpr std::uint16_t kToUs = 0, kFromUs = 4;  // a host's own view of a packet
  constexpr std::uint16_t kNoHardware = 0xfffe;    // ARPHRD_NONE
  std::array<std::byte, kLinuxCookedSize> header{};
  wire::put16(header, 0, sent ? kFromUs : kToUs);
  wire::put16(header, 2, kNoHardware);
  const bool v4 = packet.empty() || wire::u8(packet, 0) >> 4U == 4;
  wire::put16(header, 14, static_cast<std::uint16_t>(v4 ? kIpv4 : kIpv6));
  return header;
}

Bytes ip_packet(std::uint16_t link, Bytes frame) {
  if (is_raw(link)) return frame;
  const Link* const known = find(link);
  if (known == nullptr || frame.size() < known->size) return {};
  unsigned protocol = wire::u16(frame, known->protocol_at);
  frame = frame.subspan(known->size);
  while (is_vlan(protocol) && frame.size() >= 4) {
    protocol = wire::u16(frame, 2);
    frame = frame.subspan(4);
  }
  return protocol == kIpv4 || protocol == kIpv6 ? frame : Bytes{};
}

}  // namespace latesyn
