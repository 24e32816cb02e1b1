#pragma once
// SYNs as fast as is asked for, from a client's host, each of another address or port. None of them
// is a socket's, so that nobody there answers what comes back.

#include <cstdint>

#include "proxy/linux/descriptor.hpp"
#include "proxy/packet/packet.hpp"
#include "proxy/process/namespace.hpp"

namespace latesyn::bench {

class SynSource {
 public:
  /// SYNs to `port` of the server, from `client`. Throws std::runtime_error.
  SynSource(const Namespace& client, std::uint16_t port);

  /// Sends `count` more, `per_second` or as fast as the kernel takes them, whichever is less.
  /// The ISN of each is its number, from 0. Returns how long it took, in seconds.
  double send(std::uint32_t count, double per_second);
  /// The next SYN alone.
  void send_one();

 private:
  Packet next();
  Descriptor fd_;
  std::uint16_t port_;
  std::uint32_t sent_ = 0;
};

}  // namespace latesyn::bench
