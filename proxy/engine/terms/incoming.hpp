#pragma once
// A packet as it came from the queue.

#include <cstdint>
#include <optional>

#include "proxy/packet/packet.hpp"

namespace latesyn {

struct Incoming {
  Bytes bytes;  // from the IP header; may be cut off behind the headers
  /// The sender left TCP's checksum to its network card; it must be computed before we send it.
  bool checksum_pending = false;
  /// Behind us the kernel shifts the numbers of this packet itself, if we accept it. In an ICMP
  /// error: the numbers that it quotes are those of the end that it goes to.
  bool translated = false;
  /// The kernel's bundle of several segments, which it cuts apart, and gives each a checksum, on
  /// its way out.
  bool bundle = false;
  /// The kernel's name for it, where its verdict may be withheld (Verdict::park).
  std::optional<std::uint32_t> queue_id = std::nullopt;
};

}  // namespace latesyn
