#include "proxy/queue/route_probe.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "proxy/linux/socket_address.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

/// Nothing is ever sent there.
constexpr std::uint16_t kDiscard = 9;

Descriptor open_probe(int family, std::uint32_t mark) {
  Descriptor fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0) {
    throw system_error("open a socket to ask about routes");
  }
  return fd;
}

}  // namespace

RouteProbe::RouteProbe(std::uint32_t mark)
    : v4_(open_probe(AF_INET, mark)), v6_(open_probe(AF_INET6, mark)) {}

int RouteProbe::socket_to(const IpAddress& to) const {
  const int fd = to.family() == Family::v4 ? v4_.get() : v6_.get();
  // Of the last address nothing must be left: its source would be kept.
  const sockaddr nowhere{.sa_family = AF_UNSPEC, .sa_data = {}};
  ::connect(fd, &nowhere, sizeof nowhere);
  const SocketAddress address({to, kDiscard});
  return ::connect(fd, address.get(), address.size) == 0 ? fd : -1;
}

std::optional<std::uint32_t> RouteProbe::mtu(const IpAddress& to) const {
  const int fd = socket_to(to);
  const bool v4 = to.family() == Family::v4;
  int value = 0;
  socklen_t size = sizeof value;
  if (fd < 0 || ::getsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU : IPV6_MTU, &value,
                             &size) != 0) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

std::optional<IpAddress> RouteProbe::own_address(const IpAddress& to) const {
  const int fd = socket_to(to);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  void* const place = &own;
  if (fd < 0 || ::getsockname(fd, static_cast<sockaddr*>(place), &size) != 0) return std::nullopt;
  return endpoint_in(own).address;
}

}  // namespace latesyn
