#include "proxy/edge/raw_sender.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>

#include "proxy/edge/system_error.hpp"
#include "proxy/values/wire.hpp"

namespace latesyn {
namespace {

// How long one packet may wait for room in the kernel's send buffer, twice at most.
constexpr int kRoom_ms = 5;

template <typename T>
void set_option(int fd, int level, int option, T value, std::string_view attempt) {
  if (::setsockopt(fd, level, option, &value, sizeof value) != 0) throw system_error(attempt);
}

Descriptor open_raw(int family, std::uint32_t mark) {
  Descriptor fd(::socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW));
  if (!fd && errno == EPERM) {
    throw std::runtime_error("could not open a raw socket: " + reason(EPERM) +
                             "; run it with sudo (it needs CAP_NET_RAW)");
  }
  if (!fd) throw system_error("open a raw socket");
  const bool v4 = family == AF_INET;
  set_option(fd.get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_HDRINCL : IPV6_HDRINCL, 1,
             "keep the headers of packets that are sent");
  set_option(fd.get(), SOL_SOCKET, SO_MARK, mark, "mark the packets that are sent");
  return fd;
}

/// Zero, or an error's number.
int send_once(int fd, Bytes packet, const sockaddr* to, socklen_t size) {
  return ::sendto(fd, packet.data(), packet.size(), MSG_NOSIGNAL, to, size) < 0 ? errno : 0;
}

int send_to(int fd, Bytes packet, const sockaddr* to, socklen_t size) {
  int error = send_once(fd, packet, to, size);
  for (int i = 0; i < 2 && (error == EAGAIN || error == ENOBUFS || error == EINTR); ++i) {
    pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
    ::poll(&room, 1, kRoom_ms);
    error = send_once(fd, packet, to, size);
  }
  return error;
}

template <typename Address>
const sockaddr* generic(const Address& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

int send_v4(int fd, Bytes packet) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  std::copy_n(packet.begin() + 16, 4, std::as_writable_bytes(std::span(&to.sin_addr, 1)).begin());
  return send_to(fd, packet, generic(to), sizeof to);
}

int send_v6(int fd, Bytes packet) {
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  std::copy_n(packet.begin() + 24, 16, std::as_writable_bytes(std::span(&to.sin6_addr, 1)).begin());
  return send_to(fd, packet, generic(to), sizeof to);
}

}  // namespace

RawSender::RawSender(std::uint32_t mark)
    : v4_(open_raw(AF_INET, mark)), v6_(open_raw(AF_INET6, mark)) {}

bool RawSender::send(Bytes packet) {
  const bool v4 = wire::u8(packet, 0) >> 4U == 4;
  const int error = v4 ? send_v4(v4_.get(), packet) : send_v6(v6_.get(), packet);
  if (error == 0) return true;
  if (failures_[error]++ == 0) {
    spdlog::warn("could not send a packet of {} bytes: {}; more of the kind are only counted",
                 packet.size(), reason(error));
  }
  return false;
}

}  // namespace latesyn
