#pragma once
// A packet is its bytes, starting at the IP header.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace latesyn {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// A packet of our own keeping: captured, copied or forged. Its checksums are whole.
struct Packet {
  std::vector<std::byte> bytes;
  bool operator==(const Packet&) const = default;
};

}  // namespace latesyn
