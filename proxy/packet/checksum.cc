#include "proxy/packet/checksum.hpp"

#include <bit>
#include <cstring>

#include "proxy/packet/ip_numbers.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

/// Eight bytes at a time and in this machine's order, which only swaps the bytes of the result
/// (RFC 1071 section 2).
std::uint64_t sum_of_words(Bytes bytes) {
  std::uint64_t low = 0, high = 0;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    low += word & 0xffffffffU;
    high += word >> 32U;
  }
  std::uint64_t last = 0;
  if (!bytes.empty()) std::memcpy(&last, bytes.data(), bytes.size());
  return low + high + (last & 0xffffffffU) + (last >> 32U);
}

std::uint64_t sum(Bytes bytes) {
  std::uint64_t total = sum_of_words(bytes);
  while (total >> 16U != 0) total = (total & 0xffffU) + (total >> 16U);
  if constexpr (std::endian::native == std::endian::big) return total;
  return (total & 0xffU) << 8U | total >> 8U;
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
