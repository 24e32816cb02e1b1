#pragma once
// Numbers in network byte order, read and written at an offset that the caller has checked.

#include "proxy/packet/packet.hpp"

namespace latesyn::wire {

constexpr std::uint8_t u8(Bytes b, std::size_t at) { return std::to_integer<std::uint8_t>(b[at]); }
constexpr std::uint16_t u16(Bytes b, std::size_t at) {
  return static_cast<std::uint16_t>(u8(b, at) << 8U | u8(b, at + 1));
}
constexpr std::uint32_t u32(Bytes b, std::size_t at) {
  return static_cast<std::uint32_t>(u16(b, at)) << 16U | u16(b, at + 2);
}

constexpr void put8(MutableBytes b, std::size_t at, std::uint8_t v) { b[at] = std::byte{v}; }
constexpr void put16(MutableBytes b, std::size_t at, std::uint16_t v) {
  put8(b, at, static_cast<std::uint8_t>(v >> 8U));
  put8(b, at + 1, static_cast<std::uint8_t>(v & 0xffU));
}
constexpr void put32(MutableBytes b, std::size_t at, std::uint32_t v) {
  put16(b, at, static_cast<std::uint16_t>(v >> 16U));
  put16(b, at + 2, static_cast<std::uint16_t>(v & 0xffffU));
}

}  // namespace latesyn::wire
