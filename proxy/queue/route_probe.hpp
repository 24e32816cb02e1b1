#pragma once
// What the kernel knows of the way to an address, asked without sending anything.

#include <cstdint>
#include <optional>

#include "proxy/linux/descriptor.hpp"
#include "proxy/values/address.hpp"

namespace latesyn {

class RouteProbe {
 public:
  /// For packets with that mark, in the calling thread's network namespace. Throws
  /// std::runtime_error.
  explicit RouteProbe(std::uint32_t mark);

  /// The longest packet that may be sent there. Nothing where there is no way.
  std::optional<std::uint32_t> mtu(const IpAddress& to) const;
  /// The address of this host that such packets come from.
  std::optional<IpAddress> own_address(const IpAddress& to) const;

 private:
  /// The socket, asked about that address; less than zero where there is no way.
  int socket_to(const IpAddress& to) const;

  Descriptor v4_, v6_;
};

}  // namespace latesyn
