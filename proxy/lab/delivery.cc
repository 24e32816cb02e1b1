#include "proxy/lab/delivery.hpp"

#include <poll.h>
#include <sys/socket.h>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/linux/system_error.hpp"
#include "proxy/loop/timer.hpp"

namespace latesyn {
namespace {

/// Talks to itself: what it sends comes back to it.
Descriptor socket_to_itself() {
  Descriptor fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const IpAddress loopback = IpAddress::parse("127.0.0.1").value();
  const SocketAddress any({loopback, 0});
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  void* raw = &bound;
  if (!fd || ::bind(fd.get(), any.get(), any.size) != 0 ||
      ::getsockname(fd.get(), static_cast<sockaddr*>(raw), &size) != 0 ||
      ::connect(fd.get(), static_cast<sockaddr*>(raw), size) != 0) {
    throw system_error("make a socket that tells when segments have been delivered");
  }
  return fd;
}

}  // namespace

Delivery::Delivery(Duration patience) : socket_(socket_to_itself()), patience_(patience) {}

void Delivery::await() {
  ++sent_;
  const bool sent = ::send(socket_.get(), &sent_, sizeof sent_, 0) == sizeof sent_;
  if (!sent || !comes()) ++missed_;
}

/// The last one that was sent. Usually it is there already.
bool Delivery::comes() {
  if (has_come()) return true;
  const MonotonicClock clock;
  pollfd readable{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  while (clock.now().time_since_epoch() < patience_) {
    ::poll(&readable, 1, 1);
    if (has_come()) return true;
  }
  patience_ = Duration::zero();
  return false;
}

/// Those that nobody waited for any more stand in front of it.
bool Delivery::has_come() {
  for (std::uint64_t number = 0;;) {
    if (::recv(socket_.get(), &number, sizeof number, 0) != sizeof number) return false;
    if (number == sent_) return true;
  }
}

}  // namespace latesyn
