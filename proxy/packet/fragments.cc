#include "proxy/packet/fragments.hpp"

#include <algorithm>

#include "proxy/packet/hop.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

constexpr unsigned kDontFragment = 0x4000, kMoreFragments = 0x2000, kOffset = 0x1fff;
constexpr std::size_t kFixedHeader = 20, kUnit = 8;
constexpr std::uint8_t kEndOfOptions = 0, kNoOperation = 1, kCopied = 0x80;

/// The header of all fragments but the first: of the options only those that say so (RFC 791
/// section 3.1) are repeated.
std::vector<std::byte> later_header(Bytes header) {
  std::vector<std::byte> out(header.begin(), header.begin() + kFixedHeader);
  for (std::size_t at = kFixedHeader; at < header.size();) {
    const std::uint8_t type = wire::u8(header, at);
    if (type == kEndOfOptions) break;
    const bool alone = type == kNoOperation || at + 1 == header.size();
    const std::size_t size = alone ? 1 : wire::u8(header, at + 1);
    if (size == 0 || (size == 1 && type != kNoOperation) || at + size > header.size()) break;
    const Bytes option = header.subspan(at, size);
    if ((type & kCopied) != 0) out.insert(out.end(), option.begin(), option.end());
    at += size;
  }
  out.resize((out.size() + 3) / 4 * 4);
  wire::put8(out, 0, static_cast<std::uint8_t>(0x40 | out.size() / 4));
  return out;
}

Packet fragment(Bytes header, Bytes data, std::size_t offset, bool more) {
  Packet packet{{header.begin(), header.end()}};
  packet.bytes.insert(packet.bytes.end(), data.begin(), data.end());
  const MutableBytes b(packet.bytes);
  wire::put16(b, 2, static_cast<std::uint16_t>(b.size()));
  wire::put16(b, 6, static_cast<std::uint16_t>(offset / kUnit | (more ? kMoreFragments : 0)));
  complete_header_checksum(b);
  return packet;
}

}  // namespace

bool may_be_fragmented(Bytes packet) {
  return wire::u8(packet, 0) >> 4U == 4 && (wire::u16(packet, 6) & kDontFragment) == 0;
}

std::vector<Packet> fragments_of(Bytes ipv4, std::size_t mtu) {
  const Bytes first = ipv4.first((wire::u8(ipv4, 0) & 0x0fU) * 4U);
  const std::vector<std::byte> later = later_header(first);
  const unsigned field = wire::u16(ipv4, 6);
  std::size_t offset = (field & kOffset) * kUnit;
  std::vector<Packet> out;
  Bytes header = first;
  for (Bytes rest = ipv4.subspan(first.size()); !rest.empty();) {
    const bool last = header.size() + rest.size() <= mtu;
    const std::size_t size = last ? rest.size() : (mtu - header.size()) / kUnit * kUnit;
    const bool more = !last || (field & kMoreFragments) != 0;
    out.push_back(fragment(header, rest.first(size), offset, more));
    offset += size;
    rest = rest.subspan(size);
    header = later;
  }
  return out;
}

}  // namespace latesyn
