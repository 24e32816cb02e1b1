#include "proxy/linux/netlink_socket.hpp"

#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include "proxy/linux/system_error.hpp"

namespace latesyn {

void CloseNetlink::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

NetlinkSocket open_netlink(int family, std::string_view attempt, int flags) {
  NetlinkSocket socket(mnl_socket_open2(family, SOCK_CLOEXEC | flags));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) != 0) {
    throw system_error(attempt);
  }
  return socket;
}

}  // namespace latesyn
