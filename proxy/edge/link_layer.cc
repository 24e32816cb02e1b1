#include "proxy/edge/link_layer.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>

#include "proxy/values/wire.hpp"

namespace latesyn {
namespace {

constexpr unsigned kIpv4 = 0x0800, kIpv6 = 0x86dd, kVlan = 0x8100, kServiceVlan = 0x88a8;

/// Where a link's header has its EtherType, and how long it is.
struct Link {
  int type;
  std::size_t protocol_at, size;
};
constexpr std::array kLinks{
    Link{DLT_EN10MB, 12, 14},
    Link{DLT_LINUX_SLL, 14, 16},
    Link{DLT_LINUX_SLL2, 0, 20},
};

bool is_raw(int link) { return link == DLT_RAW || link == DLT_IPV4 || link == DLT_IPV6; }

const Link* find(int link) {
  const auto* const found = std::ranges::find(kLinks, link, &Link::type);
  return found == kLinks.end() ? nullptr : found;
}

}  // namespace

bool is_known_link(int link) { return is_raw(link) || find(link) != nullptr; }

Bytes ip_packet(int link, Bytes frame) {
  if (is_raw(link)) return frame;
  const Link* const known = find(link);
  if (known == nullptr || frame.size() < known->size) return {};
  unsigned protocol = wire::u16(frame, known->protocol_at);
  frame = frame.subspan(known->size);
  while ((protocol == kVlan || protocol == kServiceVlan) && frame.size() >= 4) {
    protocol = wire::u16(frame, 2);
    frame = frame.subspan(4);
  }
  return protocol == kIpv4 || protocol == kIpv6 ? frame : Bytes{};
}

}  // namespace latesyn
