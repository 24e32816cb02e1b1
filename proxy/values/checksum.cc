#include "proxy/values/checksum.hpp"

#include "proxy/values/wire.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kTcp = 6;

std::uint64_t sum(Bytes bytes) {
  std::uint64_t total = 0;
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) total += wire::u16(bytes, at);
  if (at < bytes.size()) total += static_cast<std::uint64_t>(wire::u8(bytes, at)) << 8U;
  return total;
}

std::uint16_t fold(std::uint64_t total) {
  while (total >> 16U != 0) total = (total & 0xffffU) + (total >> 16U);
  return static_cast<std::uint16_t>(~total);
}

}  // namespace

std::uint16_t internet_checksum(Bytes bytes) { return fold(sum(bytes)); }

std::uint16_t tcp_checksum(const IpAddress& from, const IpAddress& to, Bytes segment) {
  return fold(sum(from.bytes()) + sum(to.bytes()) + kTcp + segment.size() + sum(segment));
}

std::uint16_t updated_checksum(std::uint16_t checksum, std::uint32_t before, std::uint32_t after) {
  const auto inverse = [](std::uint32_t number) { return ~number & 0xffffU; };
  return fold(std::uint64_t{inverse(checksum)} + inverse(before) + inverse(before >> 16U) +
              (after & 0xffffU) + (after >> 16U));
}

}  // namespace latesyn
