#pragma once
// Our addresses as the kernel takes and gives them.

#include <sys/socket.h>

#include "proxy/values/address.hpp"

namespace latesyn {

struct SocketAddress {
  explicit SocketAddress(const Endpoint& endpoint);
  const sockaddr* get() const;

  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
};

/// What getsockname(), getpeername() or accept() filled in, for an IPv4 or IPv6 socket.
Endpoint endpoint_in(const sockaddr_storage& address);

}  // namespace latesyn
