#pragma once
// Two packets that did not come from this program: a script of its own made them, and Wireshark
// found their checksums right.

#include <string_view>
#include <vector>

#include "proxy/packet/packet.hpp"

namespace latesyn::test {

/// Pairs of lower-case digits; spaces do not count.
inline std::vector<std::byte> from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> out;
  bool high = true;
  for (const char c : hex) {
    if (c == ' ') continue;
    if (high) out.push_back(static_cast<std::byte>(digit(c) << 4));
    if (!high) out.back() |= static_cast<std::byte>(digit(c));
    high = !high;
  }
  return out;
}

/// 192.0.2.1:40000 > 198.51.100.2:80, a SYN with MSS, SACK permitted, timestamps, a no-operation
/// and window scale. The TCP header starts at 20, its options at 40; 60 bytes.
inline std::vector<std::byte> syn_v4() {
  return from_hex(
      "4500003c 1c464000 4006323f c0000201 c6336402 "
      "9c400050 12345678 00000000 a002faf0 17350000 "
      "020405b4 0402080a 11223344 00000000 01030307");
}

/// [2001:db8::1]:443 > [2001:db8::2]:50000, "hello". The TCP header starts at 40, the payload at
/// 60; 65 bytes.
inline std::vector<std::byte> data_v6() {
  return from_hex(
      "60000000 00190640 20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 00000002 "
      "01bbc350 fffffff0 01020304 50180200 457e0000 68656c6c 6f");
}

}  // namespace latesyn::test
