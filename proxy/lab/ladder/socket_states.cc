#include "proxy/lab/ladder/socket_states.hpp"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <cstring>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

/// The kernel's numbers are those of its tcp_states.h; TCP_NEW_SYN_RECV is not in <netinet/tcp.h>.
SocketState state_of(std::uint8_t number) {
  constexpr std::uint8_t kNewSynReceived = 12;
  switch (number) {
    case TCP_ESTABLISHED:
      return SocketState::established;
    case TCP_SYN_SENT:
      return SocketState::syn_sent;
    case TCP_SYN_RECV:
    case kNewSynReceived:
      return SocketState::syn_received;
    case TCP_FIN_WAIT1:
      return SocketState::fin_wait_1;
    case TCP_FIN_WAIT2:
      return SocketState::fin_wait_2;
    case TCP_TIME_WAIT:
      return SocketState::time_wait;
    case TCP_CLOSE:
      return SocketState::closed;
    case TCP_CLOSE_WAIT:
      return SocketState::close_wait;
    case TCP_LAST_ACK:
      return SocketState::last_ack;
    case TCP_LISTEN:
      return SocketState::listen;
    case TCP_CLOSING:
      return SocketState::closing;
    default:
      return SocketState::unknown;
  }
}

SocketTimer timer_of(std::uint8_t number) {
  return number <= 4 ? static_cast<SocketTimer>(number) : SocketTimer::none;
}

void put_address(const IpAddress& address, __be32 (&to)[4]) {
  std::memcpy(to, address.bytes().data(), address.bytes().size());
}

inet_diag_req_v2 request_for(const Endpoint& own, const Endpoint& peer) {
  inet_diag_req_v2 request{};
  request.sdiag_family = own.address.family() == Family::v4 ? AF_INET : AF_INET6;
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = ~0U;
  request.id.idiag_sport = htons(own.port);
  request.id.idiag_dport = htons(peer.port);
  put_address(own.address, request.id.idiag_src);
  put_address(peer.address, request.id.idiag_dst);
  request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

/// The answer to a request for one socket: a socket, or an error.
SocketReading reading_of(const nlmsghdr& message) {
  if (message.nlmsg_type == NLMSG_ERROR) {
    const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&message));
    return {.state = error->error == -ENOENT ? SocketState::closed : SocketState::unknown};
  }
  const auto* found = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(&message));
  return {.state = state_of(found->idiag_state),
          .inode = found->idiag_inode,
          .timer = timer_of(found->idiag_timer)};
}

}  // namespace

SocketStates::SocketStates(const Namespace& host) {
  const Inside inside(host);
  socket_ = open_netlink(NETLINK_SOCK_DIAG, "open sock_diag, which tells the states of sockets");
}

SocketStates::~SocketStates() = default;

SocketReading SocketStates::read(const Endpoint& own, const Endpoint& peer) {
  alignas(nlmsghdr) std::array<char, 4096> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message->nlmsg_flags = NLM_F_REQUEST;
  message->nlmsg_seq = ++sequence_;
  *static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(message, sizeof(inet_diag_req_v2))) =
      request_for(own, peer);
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) return {};
  const ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
  if (size < 0 || !mnl_nlmsg_ok(message, static_cast<int>(size))) return {};
  return message->nlmsg_seq == sequence_ ? reading_of(*message) : SocketReading{};
}

}  // namespace latesyn
