#pragma once
// A packet that waits in the kernel's queue for its verdict.

#include <cstdint>
#include <optional>

#include "proxy/packet/packet.hpp"

namespace latesyn {

/// What the kernel calls a packet that waits for its verdict.
struct PacketId {
  std::uint32_t number = 0;
  std::uint16_t queue = 0;
  bool operator==(const PacketId&) const = default;
};

struct QueuedPacket {
  PacketId id;
  Bytes bytes;  // until the next ones are received; may be cut off, and empty
  /// The sender left TCP's checksum to its network card.
  bool checksum_pending = false;
  /// Several segments that the kernel cuts apart on their way out.
  bool bundle = false;
  std::uint32_t mark = 0;
};

/// What an accepted packet goes on with; none: the mark that it has.
using PacketMark = std::optional<std::uint32_t>;

/// So many packets are taken in, or handed over, by one system call.
inline constexpr std::size_t kPacketBatch = 64;

}  // namespace latesyn
