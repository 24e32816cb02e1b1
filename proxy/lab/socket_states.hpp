#pragma once
// The states of TCP sockets as the kernel tells them (sock_diag), by exact 4-tuple. Never guessed:
// what can't be read is unknown.

#include <cstdint>
#include <memory>
#include <string_view>

#include "proxy/lab/namespace.hpp"
#include "proxy/values/flow.hpp"

struct mnl_socket;
struct nlmsghdr;

namespace latesyn {

/// The states of RFC 9293 section 3.3.2, and one for what could not be read.
enum class SocketState : std::uint8_t {
  unknown,
  closed,
  listen,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
};
/// As the RFC's figures write it; "?" for unknown.
std::string_view name(SocketState state);

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
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace latesyn
