#pragma once
// What a router does with a packet that is longer than the next link takes (RFC 1812 section
// 5.3.9): it cuts it, where its sender allows that, or tells the sender what would fit. The kernel
// does so for packets that it passes on, and not for those that we send.

#include <optional>
#include <vector>

#include "proxy/packet/packet.hpp"
#include "proxy/queue/route_probe.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class TooLong {
 public:
  /// So many errors a second, and so many at once, as Linux does for most of its own.
  static constexpr unsigned kErrors_per_second = 1000, kErrorsAtOnce = 50;

  /// For packets with that mark, in the calling thread's network namespace. Throws
  /// std::runtime_error.
  explicit TooLong(std::uint32_t mark) : routes_(mark) {}

  /// What is to be sent in its place: pieces; or an ICMP error, about the packet as it is; or
  /// nothing, where the packet is no TCP segment, would fit now, or enough errors were sent.
  struct Instead {
    std::vector<Packet> pieces;
    std::optional<Packet> error;
  };
  Instead instead_of(Time now, const Packet& packet);
  /// Errors that were sent.
  std::uint64_t told() const { return told_; }

 private:
  bool may_tell(Time now);

  RouteProbe routes_;
  Time refilled_;
  unsigned left_ = kErrorsAtOnce;
  std::uint64_t told_ = 0;
};

}  // namespace latesyn
