#include "tests/netns/raw_host.hpp"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <span>

#include "proxy/linux/system_error.hpp"
#include "proxy/packet/wire.hpp"
#include "tests/netns/eventually.hpp"

namespace latesyn {
namespace {

Descriptor open_socket(int family, int type, int protocol) {
  Descriptor fd(::socket(family, type | SOCK_CLOEXEC, protocol));
  if (!fd) throw system_error("open a raw socket");
  return fd;
}

bool send_to(int fd, const Packet& packet, const auto& address) {
  const void* place = &address;
  return ::sendto(fd, packet.bytes.data(), packet.bytes.size(), 0,
                  static_cast<const sockaddr*>(place), sizeof address) >= 0;
}

}  // namespace

RawHost::RawHost(const Namespace& host) {
  const Inside inside(host);
  // Raw sockets of this protocol take the header as it is given.
  v4_ = open_socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  v6_ = open_socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);
  const int on = 1;
  ::setsockopt(v6_.get(), IPPROTO_IPV6, IPV6_HDRINCL, &on, sizeof on);
}

void RawHost::send(const Packet& packet) {
  const bool v4 = wire::u8(packet.bytes, 0) >> 4U == 4;
  sockaddr_in to4{};
  to4.sin_family = AF_INET;
  sockaddr_in6 to6{};
  to6.sin6_family = AF_INET6;
  if (v4) {
    std::copy_n(packet.bytes.begin() + 16, 4,
                std::as_writable_bytes(std::span(&to4.sin_addr, 1)).begin());
  } else {
    std::copy_n(packet.bytes.begin() + 24, 16,
                std::as_writable_bytes(std::span(&to6.sin6_addr, 1)).begin());
  }
  if (!(v4 ? send_to(v4_.get(), packet, to4) : send_to(v6_.get(), packet, to6))) {
    throw system_error("send a raw packet");
  }
}

LinkTap::LinkTap(const Namespace& host) {
  const Inside inside(host);
  fd_ = open_socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, htons(ETH_P_ALL));
}

bool LinkTap::sees_part(Bytes part) {
  std::array<std::byte, 2048> packet{};
  return eventually([&] {
    const ssize_t size = ::recv(fd_.get(), packet.data(), packet.size(), 0);
    if (size < 0) return false;
    const Bytes seen = Bytes(packet).first(static_cast<std::size_t>(size));
    return !std::ranges::search(seen, part).empty();
  });
}

bool LinkTap::sees(Bytes tail) {
  std::array<std::byte, 2048> packet{};
  return eventually([&] {
    const ssize_t size = ::recv(fd_.get(), packet.data(), packet.size(), 0);
    if (size < static_cast<ssize_t>(tail.size())) return false;
    return std::ranges::equal(Bytes(packet).first(static_cast<std::size_t>(size)).last(tail.size()),
                              tail);
  });
}

std::optional<Packet> LinkTap::next(const std::function<bool(const TcpView&)>& wanted) {
  std::vector<std::byte> packet(65536);
  std::optional<Packet> found;
  const bool came = eventually(
      [&] {
        const ssize_t size = ::recv(fd_.get(), packet.data(), packet.size(), 0);
        if (size <= 0) return false;
        const Bytes bytes = Bytes(packet).first(static_cast<std::size_t>(size));
        const auto view = TcpView::over(bytes);
        const auto* segment = std::get_if<TcpView>(&view);
        if (segment == nullptr || !segment->complete() || !wanted(*segment)) return false;
        found = Packet{{bytes.begin(), bytes.end()}};
        return true;
      },
      std::chrono::seconds(1));
  return came ? found : std::nullopt;
}

}  // namespace latesyn
