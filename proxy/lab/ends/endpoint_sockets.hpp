#pragma once
// What both of the lab's endpoints need of sockets.

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "proxy/linux/descriptor.hpp"
#include "proxy/linux/socket_address.hpp"

namespace latesyn {

/// A TCP socket for the endpoint's family, or one of Multipath TCP; none where it can't be (errno
/// tells why).
Descriptor tcp_socket(const Endpoint& endpoint, bool multipath = false);

/// Binds to an address and port that an earlier connection's TIME-WAIT may still hold. False where
/// it can't (errno tells why).
bool bind_to(int fd, const Endpoint& own);

/// One connection out of a listener's queue; no socket where there is none (errno tells why).
struct Accepted {
  Descriptor fd;
  std::uint16_t client_port = 0;
};
Accepted accept_from(int listener);

/// Makes the socket's close() a RST.
void reset_at_close(int fd);

/// False where the connection ended before all was sent (errno tells how).
bool send_all(int fd, std::string_view bytes);

/// One line on kTellDescriptor, in one piece, so that threads do not mix theirs.
void tell(const nlohmann::json& what);

/// Says that a socket is about to change because of what reached it, and waits until the lab has
/// looked at it. Returns at once where there is no lab.
void wait_until_looked_at();

}  // namespace latesyn
