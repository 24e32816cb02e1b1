#include "proxy/lab/ends/endpoint_sockets.hpp"

#include <netinet/in.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "proxy/lab/ends/endpoint.hpp"

namespace latesyn {

Descriptor tcp_socket(const Endpoint& endpoint, bool multipath) {
  const int family = endpoint.address.family() == Family::v4 ? AF_INET : AF_INET6;
  return Descriptor(
      ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, multipath ? IPPROTO_MPTCP : IPPROTO_TCP));
}

bool bind_to(int fd, const Endpoint& own) {
  const SocketAddress address(own);
  const int on = 1;
  return ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
         ::bind(fd, address.get(), address.size) == 0;
}

Accepted accept_from(int listener) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  void* raw = &peer;
  Descriptor fd(::accept4(listener, static_cast<sockaddr*>(raw), &size, SOCK_CLOEXEC));
  return {std::move(fd), endpoint_in(peer).port};
}

void reset_at_close(int fd) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void tell(const nlohmann::json& what) {
  const std::string line = what.dump() + "\n";
  // Shorter than PIPE_BUF, so it goes as a whole. Where nobody reads, the lab has ended.
  if (::write(kTellDescriptor, line.data(), line.size()) < 0) ::_exit(1);
}

void wait_until_looked_at() {
  tell({{"asks", true}});
  // One byte is for one who asks; it does not matter which of several threads gets it first.
  char go = 0;
  while (::read(kGoDescriptor, &go, 1) < 0 && errno == EINTR) continue;
}

}  // namespace latesyn
