#include "proxy/edge/raw_sender.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

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

bool is_v4(const Packet& packet) { return wire::u8(packet.bytes, 0) >> 4U == 4; }

/// Where a packet goes to, as a raw socket wants to be told.
struct Destination {
  sockaddr_storage address{};
  socklen_t size = 0;

  explicit Destination(const Packet& packet) {
    void* const place = &address;
    const Bytes bytes = packet.bytes;
    if (is_v4(packet)) {
      auto* to = ::new (place) sockaddr_in{};
      to->sin_family = AF_INET;
      std::memcpy(&to->sin_addr, bytes.subspan(16, 4).data(), 4);
      size = sizeof *to;
    } else {
      auto* to = ::new (place) sockaddr_in6{};
      to->sin6_family = AF_INET6;
      std::memcpy(&to->sin6_addr, bytes.subspan(24, 16).data(), 16);
      size = sizeof *to;
    }
  }
};

/// As many of the packets as the kernel takes at once: their number, or less than zero.
int send_some(int fd, std::span<Packet> packets) {
  std::vector<Destination> to(packets.begin(), packets.end());
  std::vector<iovec> vectors(packets.size());
  std::vector<mmsghdr> headers(packets.size());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    vectors[i] = {packets[i].bytes.data(), packets[i].bytes.size()};
    headers[i].msg_hdr = {.msg_name = &to[i].address,
                          .msg_namelen = to[i].size,
                          .msg_iov = &vectors[i],
                          .msg_iovlen = 1,
                          .msg_control = nullptr,
                          .msg_controllen = 0,
                          .msg_flags = 0};
  }
  return ::sendmmsg(fd, headers.data(), static_cast<unsigned>(headers.size()), MSG_NOSIGNAL);
}

/// One packet, waiting for room where there is none. Zero, or an error's number.
int send_one(int fd, Packet& packet) {
  for (int i = 0;; ++i) {
    if (send_some(fd, {&packet, 1}) == 1) return 0;
    const int error = errno;
    const bool no_room = error == EAGAIN || error == ENOBUFS || error == EINTR;
    if (!no_room || i == 2) return error;
    pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
    ::poll(&room, 1, kRoom_ms);
  }
}

}  // namespace

RawSender::RawSender(std::uint32_t mark)
    : v4_(open_raw(AF_INET, mark)), v6_(open_raw(AF_INET6, mark)) {}

Bytes RawSender::add(Packet packet) {
  if (waiting_.size() == kBatch) flush();
  waiting_.push_back(std::move(packet));
  return waiting_.back().bytes;
}

void RawSender::flush() {
  if (waiting_.empty()) return;
  for (std::span<Packet> rest(waiting_); !rest.empty();) {
    const bool v4 = is_v4(rest.front());
    const auto other = std::ranges::find_if(rest, [v4](const Packet& p) { return is_v4(p) != v4; });
    const auto same = rest.first(static_cast<std::size_t>(other - rest.begin()));
    const int fd = v4 ? v4_.get() : v6_.get();
    const int sent = send_some(fd, same);
    if (sent > 0) {
      rest = rest.subspan(static_cast<std::size_t>(sent));
      continue;
    }
    if (const int error = send_one(fd, same.front())) count_failure(error, same.front());
    rest = rest.subspan(1);
  }
  sent_.swap(waiting_);
  waiting_.clear();
}

void RawSender::count_failure(int error, const Packet& packet) {
  if (failures_[error]++ != 0) return;
  spdlog::warn("could not send a packet of {} bytes: {}; more of the kind are only counted",
               packet.bytes.size(), reason(error));
}

}  // namespace latesyn
