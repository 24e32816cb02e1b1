#include "proxy/edge/raw_links.hpp"

#include "proxy/edge/pcapng_blocks.hpp"
#include "proxy/values/wire.hpp"

namespace latesyn {
namespace {

constexpr std::uint8_t kRawInside = 12;

std::uint32_t number(Bytes file, std::size_t at, bool big) {
  const std::uint32_t value = wire::u32(file, at);
  return big ? value : __builtin_bswap32(value);
}

}  // namespace

void mend_raw_links(MutableBytes file) {
  bool big = true;
  for (std::size_t at = 0; at + 12 <= file.size();) {
    // A section's type reads the same both ways, and its next number tells the byte order.
    const bool section = wire::u32(file, at) == kSectionHeader;
    if (at == 0 && !section) return;
    if (section) big = wire::u32(file, at + 8) == kByteOrderMagic;
    const std::size_t low = at + (big ? 9 : 8), high = at + (big ? 8 : 9);
    const bool raw = wire::u8(file, low) == kRawIp && wire::u8(file, high) == 0;
    if (number(file, at, big) == kInterface && raw) wire::put8(file, low, kRawInside);
    const std::uint32_t size = number(file, at + 4, big);
    if (size < 12) return;  // libpcap says so, and where
    at += size;
  }
}

}  // namespace latesyn
