#include "tests/bench/syn_source.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <span>
#include <vector>

#include "proxy/linux/system_error.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/bench/bed.hpp"

namespace latesyn::bench {
namespace {

constexpr std::uint32_t kBatch = 32;
constexpr std::uint32_t kPorts = 60'000, kFirstSourcePort = 2'000;

/// One after the other of the addresses that are nobody's.
IpAddress source(std::uint32_t number) {
  const std::uint32_t host = 1 + number / kPorts;
  const std::array<std::byte, 4> bytes{std::byte{10}, std::byte{3},
                                       static_cast<std::byte>(host >> 8U & 255U),
                                       static_cast<std::byte>(host & 255U)};
  return IpAddress::from_bytes(bytes);
}

}  // namespace

SynSource::SynSource(const Namespace& client, std::uint16_t port) : port_(port) {
  const Inside inside(client);
  fd_ = Descriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!fd_) throw system_error("open a raw socket");
  const int size = 16 << 20;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  ::inet_pton(AF_INET, std::string(kServer).c_str(), &to.sin_addr);
  const void* place = &to;
  if (::connect(fd_.get(), static_cast<const sockaddr*>(place), sizeof to) != 0) {
    throw system_error("choose the server of a raw socket");
  }
}

Packet SynSource::next() {
  const std::uint32_t number = sent_++;
  const auto from_port = static_cast<std::uint16_t>(kFirstSourcePort + number % kPorts);
  return build({.from = {source(number), from_port},
                .to = {IpAddress::parse(kServer).value(), port_},
                .seq = Seq{number},
                .flags = {.syn = true},
                .syn_options = {.mss = 1460, .window_scale = 7, .sack_permitted = true}});
}

double SynSource::send(std::uint32_t count, double per_second) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::array<Packet, kBatch> packets;
  std::array<iovec, kBatch> vectors{};
  std::array<mmsghdr, kBatch> headers{};
  for (std::uint32_t done = 0; done < count;) {
    const std::uint32_t now = std::min(kBatch, count - done);
    for (std::uint32_t i = 0; i < now; ++i) {
      packets[i] = next();
      vectors[i] = {packets[i].bytes.data(), packets[i].bytes.size()};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
    for (std::uint32_t sent = 0; sent < now;) {
      const int taken = ::sendmmsg(fd_.get(), &headers[sent], now - sent, 0);
      if (taken < 0 && errno != ENOBUFS) throw system_error("send SYNs");
      if (taken > 0) sent += static_cast<std::uint32_t>(taken);
    }
    done += now;
    const auto due = start + std::chrono::duration<double>(done / per_second);
    // Not asleep: a timer's slack is longer than the pause between two batches.
    while (Clock::now() < due) ::poll(nullptr, 0, 0);
  }
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void SynSource::send_one() {
  const Packet packet = next();
  if (::send(fd_.get(), packet.bytes.data(), packet.bytes.size(), 0) < 0) {
    throw system_error("send a SYN");
  }
}

}  // namespace latesyn::bench
