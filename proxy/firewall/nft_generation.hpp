#pragma once
// The kernel's number of the nftables ruleset: each change, whoever makes it, raises it. To ask for
// it costs one message.

#include <cstdint>
#include <memory>
#include <optional>

#include "proxy/linux/netlink_socket.hpp"

namespace latesyn {

class NftGeneration {
 public:
  /// Of the calling thread's network namespace. Throws std::runtime_error.
  NftGeneration();

  /// Nothing where the kernel has no nftables.
  std::optional<std::uint32_t> read();

 private:
  NetlinkSocket socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace latesyn
