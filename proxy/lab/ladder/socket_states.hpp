#pragma once
// The states of TCP sockets as the kernel tells them (sock_diag), by exact 4-tuple. Never guessed:
// what can't be read is unknown.

#include <memory>

#include "proxy/linux/netlink_socket.hpp"
#include "proxy/process/namespace.hpp"
#include "proxy/values/flow.hpp"
#include "proxy/values/socket_state.hpp"

struct nlmsghdr;

namespace latesyn {

/// What drives a socket that is not driven by segments.
enum class SocketTimer : std::uint8_t { none, retransmission, keepalive, time_wait, probe };

struct SocketReading {
  SocketState state = SocketState::unknown;
  /// The file that an application has of it; zero: not accepted yet, or closed by everybody.
  std::uint32_t inode = 0;
  SocketTimer timer = SocketTimer::none;
  bool operator==(const SocketReading&) const = default;
};

class SocketStates {
 public:
  /// Of one host. Throws std::runtime_error.
  explicit SocketStates(const Namespace& host);
  ~SocketStates();
  SocketStates(const SocketStates&) = delete;
  SocketStates& operator=(const SocketStates&) = delete;

  /// The socket of one end of a connection; a listener where nothing but that is left of it.
  SocketReading read(const Endpoint& own, const Endpoint& peer);

 private:
  NetlinkSocket socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace latesyn
