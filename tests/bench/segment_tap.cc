#include "tests/bench/segment_tap.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <ctime>

#include "proxy/linux/system_error.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn::bench {
namespace {

constexpr std::size_t kBatch = 64, kSnap = 96;

/// IPv4 without options, TCP, and of its flags SYN and ACK as asked.
void filter(int fd, bool syn_ack) {
  const auto flags = static_cast<std::uint32_t>(syn_ack ? 0x12 : 0x02);
  std::array<sock_filter, 7> code{{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 9},  // protocol
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 4, IPPROTO_TCP},
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 33},  // TCP's flags
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x12},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, flags},
      {BPF_RET | BPF_K, 0, 0, kSnap},
      {BPF_RET | BPF_K, 0, 0, 0},
  }};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    throw system_error("filter what a tap sees");
  }
}

Duration stamp_of(const msghdr& message) {
  for (const cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr;
       c = CMSG_NXTHDR(const_cast<msghdr*>(&message), const_cast<cmsghdr*>(c))) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec at{};
    std::memcpy(&at, CMSG_DATA(c), sizeof at);
    return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
  }
  return {};
}

bool readable(int fd, std::chrono::milliseconds bound) {
  pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, static_cast<int>(bound.count())) > 0;
}

}  // namespace

Duration wall_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

SegmentTap::SegmentTap(const Namespace& host, bool syn_ack) {
  const Inside inside(host);
  fd_ = Descriptor(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_IP)));
  if (!fd_) throw system_error("tap a link");
  filter(fd_.get(), syn_ack);
  const int size = 256 << 20, on = 1;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

std::optional<Duration> SegmentTap::next(std::chrono::milliseconds bound) {
  if (!readable(fd_.get(), bound)) return std::nullopt;
  std::array<std::byte, kSnap> packet{};
  std::array<char, 128> control{};
  iovec vector{packet.data(), packet.size()};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(fd_.get(), &message, 0) < 0) return std::nullopt;
  return stamp_of(message);
}

std::uint32_t SegmentTap::count_different(std::uint32_t numbers, std::chrono::milliseconds quiet) {
  std::vector<bool> seen(numbers);
  std::uint32_t different = 0;
  std::vector<std::array<std::byte, kSnap>> packets(kBatch);
  std::array<iovec, kBatch> vectors{};
  std::array<mmsghdr, kBatch> headers{};
  for (std::size_t i = 0; i < kBatch; ++i) {
    vectors[i] = {packets[i].data(), kSnap};
    headers[i].msg_hdr.msg_iov = &vectors[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  while (different < numbers && readable(fd_.get(), quiet)) {
    const int count = ::recvmmsg(fd_.get(), headers.data(), kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      const auto n = static_cast<std::size_t>(i);
      const auto view = TcpView::over(Bytes(packets[n]).first(headers[n].msg_len));
      const auto* segment = std::get_if<TcpView>(&view);
      const std::uint32_t number = segment == nullptr ? numbers : segment->ack().raw - 1;
      if (number >= numbers || seen[number]) continue;
      seen[number] = true;
      ++different;
    }
  }
  return different;
}

}  // namespace latesyn::bench
