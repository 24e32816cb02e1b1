#include "tests/bench/accept_all.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <vector>

#include "proxy/linux/system_error.hpp"

namespace latesyn::bench {
namespace {

constexpr std::uint16_t kQueue = 1;
constexpr std::size_t kBatch = 64, kSlotBytes = 2048;

struct Slots {
  std::vector<std::array<char, kSlotBytes>> bytes{kBatch};
  std::array<iovec, kBatch> vectors{};
  std::array<mmsghdr, kBatch> headers{};
  Slots() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      vectors[i] = {bytes[i].data(), kSlotBytes};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
};

void configure(mnl_socket* socket) {
  std::array<char, 256> buffer{};
  nlmsghdr* message = nfq_nlmsg_put(buffer.data(), NFQNL_MSG_CONFIG, kQueue);
  nfq_nlmsg_cfg_put_cmd(message, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
  nfq_nlmsg_cfg_put_params(message, NFQNL_COPY_PACKET, 128);
  mnl_attr_put_u32(message, NFQA_CFG_MASK, htonl(NFQA_CFG_F_GSO));
  mnl_attr_put_u32(message, NFQA_CFG_FLAGS, htonl(NFQA_CFG_F_GSO));
  nfq_nlmsg_cfg_put_qmaxlen(message, 65536);
  if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
    throw system_error("bind queue 1");
  const int size = 64 << 20, on = 1;
  ::setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  ::setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  ::setsockopt(mnl_socket_get_fd(socket), SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
}

/// The verdict for the packet in one datagram, appended to `verdicts`.
void accept(const char* datagram, std::vector<char>& verdicts) {
  const void* start = datagram;
  std::array<nlattr*, NFQA_MAX + 1> attributes{};
  if (nfq_nlmsg_parse(static_cast<const nlmsghdr*>(start), attributes.data()) < 0) return;
  if (attributes[NFQA_PACKET_HDR] == nullptr) return;
  const auto* header =
      static_cast<nfqnl_msg_packet_hdr*>(mnl_attr_get_payload(attributes[NFQA_PACKET_HDR]));
  std::array<char, 64> buffer{};
  nlmsghdr* verdict = nfq_nlmsg_put(buffer.data(), NFQNL_MSG_VERDICT, kQueue);
  nfq_nlmsg_verdict_put(verdict, static_cast<int>(ntohl(header->packet_id)), NF_ACCEPT);
  verdicts.insert(verdicts.end(), buffer.data(), buffer.data() + verdict->nlmsg_len);
}

}  // namespace

int accept_all_loop() {
  mnl_socket* socket = mnl_socket_open(NETLINK_NETFILTER);
  if (socket == nullptr || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) != 0) {
    throw system_error("open a netlink socket");
  }
  configure(socket);
  fmt::print(stderr, "ready\n");
  Slots slots;
  std::vector<char> verdicts;
  for (;;) {
    const int count =
        ::recvmmsg(mnl_socket_get_fd(socket), slots.headers.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count <= 0) {
      pollfd readable{.fd = mnl_socket_get_fd(socket), .events = POLLIN, .revents = 0};
      ::poll(&readable, 1, -1);
      continue;
    }
    verdicts.clear();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      accept(slots.bytes[i].data(), verdicts);
    }
    if (!verdicts.empty()) mnl_socket_sendto(socket, verdicts.data(), verdicts.size());
  }
}

}  // namespace latesyn::bench
