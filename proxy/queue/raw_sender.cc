#include "proxy/queue/raw_sender.hpp"

#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <numeric>

#include "proxy/linux/socket_address.hpp"
#include "proxy/linux/socket_buffer.hpp"
#include "proxy/linux/system_error.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

// Packets to hosts that do not answer wait in the kernel for three seconds before it gives them up,
// and are the socket's until then. So much room that the kernel's own bound on what waits for a
// neighbour comes first, as it does for packets that a router passes on.
constexpr int kRawSendBytes = 64 << 20;

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
  ask_for_buffer(fd.get(), SO_SNDBUFFORCE, SO_SNDBUF, kRawSendBytes);
  return fd;
}

bool is_v4(const Packet& packet) { return wire::u8(packet.bytes, 0) >> 4U == 4; }

/// Where a packet goes to, as a raw socket wants to be told.
SocketAddress destination(const Packet& packet) {
  const Bytes bytes = packet.bytes;
  const Bytes to = is_v4(packet) ? bytes.subspan(16, 4) : bytes.subspan(24, 16);
  return SocketAddress({IpAddress::from_bytes(to), 0});
}

/// As many of the first packets as the kernel takes at once: their number, or less than zero.
int send_some(int fd, std::deque<Packet>& waiting) {
  const std::size_t count = std::min(waiting.size(), kPacketBatch);
  std::vector<SocketAddress> to;
  to.reserve(count);
  std::vector<iovec> vectors(count);
  std::vector<mmsghdr> headers(count);
  for (std::size_t i = 0; i < count; ++i) {
    vectors[i] = {waiting[i].bytes.data(), waiting[i].bytes.size()};
    to.push_back(destination(waiting[i]));
    headers[i].msg_hdr = {.msg_name = &to[i].storage,
                          .msg_namelen = to[i].size,
                          .msg_iov = &vectors[i],
                          .msg_iovlen = 1,
                          .msg_control = nullptr,
                          .msg_controllen = 0,
                          .msg_flags = 0};
  }
  return ::sendmmsg(fd, headers.data(), static_cast<unsigned>(count), MSG_NOSIGNAL);
}

/// Why the kernel did not take a packet.
std::string why_unsent(int error) {
  if (error == EMSGSIZE) return "it is too long for the next link, as its sender is told";
  if (error != EAGAIN) return reason(error);
  return "the kernel's send buffer is full, as many packets go to hosts that do not answer";
}

}  // namespace

RawSender::RawSender(std::uint32_t mark)
    : v4_{.socket = open_raw(AF_INET, mark)}, v6_{.socket = open_raw(AF_INET6, mark)} {}

Bytes RawSender::add(Packet packet) {
  done_.clear();
  if (++added_ > kPacketBatch) flush();
  Lane& lane = is_v4(packet) ? v4_ : v6_;
  lane.bytes += packet.bytes.size();
  lane.waiting.push_back(std::move(packet));
  const Bytes bytes = lane.waiting.back().bytes;
  if (lane.waiting.size() > kWaitingMax || lane.bytes > kWaitingBytesMax) {
    count_failure(EAGAIN, lane.waiting.back());
    lane.bytes -= bytes.size();
    done_.push_back(std::move(lane.waiting.back()));
    lane.waiting.pop_back();
  }
  return bytes;
}

void RawSender::flush() {
  added_ = 0;
  send_waiting(v4_);
  send_waiting(v6_);
}

/// What must not be lost is tried again later; what can't be sent must not keep others waiting.
void RawSender::send_waiting(Lane& lane) {
  while (!lane.waiting.empty()) {
    int sent = send_some(lane.socket.get(), lane.waiting);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent <= 0) {
      refuse(errno, lane.waiting.front());
      sent = 1;
    }
    for (; sent > 0; --sent) take_first(lane);
  }
}

void RawSender::refuse(int error, const Packet& packet) {
  if (error != EMSGSIZE || too_long_.size() == kTooLongMax) return count_failure(error, packet);
  too_long_.push_back(packet);
}

void RawSender::take_first(Lane& lane) {
  lane.bytes -= lane.waiting.front().bytes.size();
  done_.push_back(std::move(lane.waiting.front()));
  lane.waiting.pop_front();
}

std::uint64_t RawSender::unsent() const {
  return std::accumulate(failures_.begin(), failures_.end(),
                         std::uint64_t{v4_.waiting.size() + v6_.waiting.size()},
                         [](std::uint64_t sum, const auto& kind) { return sum + kind.second; });
}

void RawSender::count_failure(int error, const Packet& packet) {
  if (failures_[error]++ != 0) return;
  spdlog::warn("could not send a packet of {} bytes: {}; more of the kind are only counted",
               packet.bytes.size(), why_unsent(error));
}

}  // namespace latesyn
