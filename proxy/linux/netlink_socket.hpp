#pragma once
// A netlink socket that is closed with its owner.

#include <memory>
#include <string_view>

struct mnl_socket;

namespace latesyn {

struct CloseNetlink {
  void operator()(mnl_socket* socket) const;
};
using NetlinkSocket = std::unique_ptr<mnl_socket, CloseNetlink>;

/// Opens and binds one of that family (NETLINK_NETFILTER …) in the calling thread's network
/// namespace; `flags` besides SOCK_CLOEXEC. `attempt` is what the error calls it: "open a netlink
/// socket for the packet queue". Throws std::runtime_error.
NetlinkSocket open_netlink(int family, std::string_view attempt, int flags = 0);

}  // namespace latesyn
