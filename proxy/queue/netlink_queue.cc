#include "proxy/queue/netlink_queue.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>

#include "proxy/linux/socket_buffer.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

// The kernel copies at most 0xffff - 4 bytes of a packet; its attributes take well under 1 KB.
constexpr std::size_t kSlotBytes = 0x10000 + 0x1000;
// What one queue of the kernel can hold, whatever is asked for.
constexpr std::uint32_t kQueueLength = 65536;
constexpr QueueSettings kOpen{.length = kQueueLength};
constexpr QueueSettings kFailOpen{.length = kQueueLength, .fail_open = true};
constexpr QueueSettings kClosed{.length = 0, .fail_open = true};
// A burst of full copies overflows the default of 208 KB at once.
constexpr int kReceiveBytes = 64 << 20;
constexpr int kSendBytes = 16 << 20;

template <typename T>
const T* as(const void* bytes) {
  return static_cast<const T*>(bytes);
}

char* as_chars(void* bytes) { return static_cast<char*>(bytes); }

std::uint32_t number_of(const nlattr* attribute) {
  return attribute == nullptr ? 0 : ntohl(mnl_attr_get_u32(attribute));
}

void put_settings(nlmsghdr& message, const Plan& plan, const QueueSettings& settings) {
  nfq_nlmsg_cfg_put_params(&message, NFQNL_COPY_PACKET, static_cast<int>(plan.copy_bytes));
  std::uint32_t flags = 0;
  if (plan.gso) flags |= NFQA_CFG_F_GSO;
  if (settings.fail_open) flags |= NFQA_CFG_F_FAIL_OPEN;
  mnl_attr_put_u32(&message, NFQA_CFG_MASK, htonl(NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN));
  mnl_attr_put_u32(&message, NFQA_CFG_FLAGS, htonl(flags));
  nfq_nlmsg_cfg_put_qmaxlen(&message, settings.length);
}

/// The answer to a verdict on a packet that the queue does not have any more.
bool is_gone(const nlmsghdr& message) {
  return message.nlmsg_type == NLMSG_ERROR &&
         as<nlmsgerr>(mnl_nlmsg_get_payload(&message))->error == -ENOENT;
}

std::runtime_error binding_error(std::uint16_t number, int error, const BoundQueues& bound) {
  if (const auto taken = bound.find(number)) {
    return std::runtime_error(
        fmt::format("could not bind queue {0}: it is taken by {1}; choose another with --queue, or "
                    "stop that program",
                    number, owner_text(*taken)));
  }
  const char* mend = error == EPERM ? "; run it with sudo (it needs CAP_NET_ADMIN)" : "";
  return std::runtime_error(
      fmt::format("could not bind queue {}: {}{}", number, reason(error), mend));
}

}  // namespace

struct NetlinkQueue::Slots {
  std::vector<std::byte> bytes = std::vector<std::byte>(kPacketBatch * kSlotBytes);
  std::array<iovec, kPacketBatch> vectors{};
  std::array<mmsghdr, kPacketBatch> headers{};

  Slots() {
    for (std::size_t i = 0; i < kPacketBatch; ++i) {
      vectors[i] = {.iov_base = &bytes[i * kSlotBytes], .iov_len = kSlotBytes};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
  Bytes datagram(std::size_t i) const {
    return Bytes(bytes).subspan(i * kSlotBytes, headers[i].msg_len);
  }
};

NetlinkQueue::NetlinkQueue(const Hook& hook, const Plan& plan)
    : hook_(hook),
      plan_(plan),
      socket_(open_netlink(NETLINK_NETFILTER, "open a netlink socket for the packet queue",
                           SOCK_NONBLOCK)),
      slots_(std::make_unique<Slots>()) {
  ask_for_buffer(descriptor(), SO_RCVBUFFORCE, SO_RCVBUF, kReceiveBytes);
  ask_for_buffer(descriptor(), SO_SNDBUFFORCE, SO_SNDBUF, kSendBytes);
  // What is lost is counted by the kernel, packet by packet; an error in its place says less.
  int on = 1;
  mnl_socket_setsockopt(socket_.get(), NETLINK_NO_ENOBUFS, &on, sizeof on);

  bind(hook.queue, plan);
  if (plan.take != Take::bare) return;
  // Whether it can be had is better known now than when it is needed.
  bind(hook.acks(), plan);
  acks_ = Acks::closed;
  unbind_acks();
}

NetlinkQueue::~NetlinkQueue() = default;

int NetlinkQueue::descriptor() const { return mnl_socket_get_fd(socket_.get()); }

void NetlinkQueue::bind(std::uint16_t number, const Plan& plan) {
  const int error = configure(number, NFQNL_CFG_CMD_BIND, plan, kOpen);
  if (error != 0) throw binding_error(number, error, bound_);
}

void NetlinkQueue::use(const Plan& plan) {
  const int error = configure(hook_.queue, {}, plan, kOpen);
  if (error != 0) {
    throw system_error(fmt::format("change the settings of queue {}", hook_.queue), error);
  }
  plan_ = plan;
  if (acks_ == Acks::refused) acks_ = Acks::unbound;
}

void NetlinkQueue::bind_acks() {
  if (acks_ == Acks::open || acks_ == Acks::refused || plan_.take != Take::bare) return;
  std::optional<std::uint8_t> command;
  if (acks_ == Acks::unbound) command = NFQNL_CFG_CMD_BIND;
  const bool open = configure(hook_.acks(), command, plan_, kOpen) == 0;
  acks_ = open ? Acks::open : Acks::refused;
  if (!open) ++failures_;
}

void NetlinkQueue::close_acks() {
  // One after the other: with no room, and not yet allowed to let pass, the kernel would drop.
  const bool closed = configure(hook_.acks(), {}, plan_, kFailOpen) == 0 &&
                      configure(hook_.acks(), {}, plan_, kClosed) == 0;
  if (!closed) ++failures_;
  acks_ = Acks::closed;
}

void NetlinkQueue::unbind_acks() {
  if (acks_ != Acks::closed) return;
  if (const auto queue = bound_.find(hook_.acks())) {
    lost_acks_ += queue->dropped_full + queue->dropped_unread;
  }
  if (configure(hook_.acks(), NFQNL_CFG_CMD_UNBIND, plan_, kClosed) != 0) ++failures_;
  acks_ = Acks::unbound;
}

int NetlinkQueue::configure(std::uint16_t number, std::optional<std::uint8_t> command,
                            const Plan& plan, const QueueSettings& settings) {
  std::array<char, 256> buffer{};
  nlmsghdr& message = *nfq_nlmsg_put(buffer.data(), NFQNL_MSG_CONFIG, number);
  if (command) nfq_nlmsg_cfg_put_cmd(&message, AF_UNSPEC, *command);
  if (command != NFQNL_CFG_CMD_UNBIND) put_settings(message, plan, settings);
  return request(message);
}

int NetlinkQueue::request(nlmsghdr& message) {
  message.nlmsg_flags |= NLM_F_ACK;
  message.nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), &message, message.nlmsg_len) < 0) return errno;
  // The kernel has answered by now; packets may stand before its answer.
  std::vector<std::byte> datagram(kSlotBytes);
  for (;;) {
    const ssize_t size = mnl_socket_recvfrom(socket_.get(), datagram.data(), datagram.size());
    if (size < 0) return errno;
    const auto* header = as<nlmsghdr>(datagram.data());
    if (header->nlmsg_type == NLMSG_ERROR && header->nlmsg_seq == sequence_) {
      return -as<nlmsgerr>(mnl_nlmsg_get_payload(header))->error;
    }
    early_.emplace_back(datagram.begin(), datagram.begin() + size);
  }
}

std::span<const QueuedPacket> NetlinkQueue::receive(std::size_t max) {
  packets_.clear();
  early_in_use_ = std::exchange(early_, {});
  for (const auto& datagram : early_in_use_) read_datagram(datagram);
  // Errors about single verdicts come as datagrams too: only an empty socket ends the search.
  while (packets_.empty()) {
    const std::size_t count = receive_datagrams(std::min(max, kPacketBatch));
    for (std::size_t i = 0; i < count; ++i) read_datagram(slots_->datagram(i));
    if (count == 0) break;
  }
  return packets_;
}

std::size_t NetlinkQueue::receive_datagrams(std::size_t max) {
  const int count = ::recvmmsg(descriptor(), slots_->headers.data(), static_cast<unsigned>(max),
                               MSG_DONTWAIT, nullptr);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno != EAGAIN && errno != EINTR) ++failures_;
  return 0;
}

void NetlinkQueue::read_datagram(Bytes datagram) {
  const auto* header = as<nlmsghdr>(datagram.data());
  constexpr unsigned kPacket = NFNL_SUBSYS_QUEUE << 8U | NFQNL_MSG_PACKET;
  const bool is_whole = mnl_nlmsg_ok(header, static_cast<int>(datagram.size()));
  if (is_whole && header->nlmsg_type == kPacket) {
    read_packet(*header);
  } else {
    ++failures_;
    if (is_whole && is_gone(*header) && !said_gone_) {
      said_gone_ = true;
      spdlog::warn(
          "the kernel had dropped a packet that waited in queue {}: its interface went down, or "
          "some program deleted an nftables table; more of the kind are only counted",
          hook_.queue);
    }
  }
}

void NetlinkQueue::read_packet(const nlmsghdr& message) {
  std::array<nlattr*, NFQA_MAX + 1> attributes{};
  if (nfq_nlmsg_parse(&message, attributes.data()) < 0 || !attributes[NFQA_PACKET_HDR]) {
    ++failures_;
    return;
  }
  const void* header = mnl_attr_get_payload(attributes[NFQA_PACKET_HDR]);
  QueuedPacket packet;
  packet.id = {.number = ntohl(as<nfqnl_msg_packet_hdr>(header)->packet_id),
               .queue = ntohs(as<nfgenmsg>(mnl_nlmsg_get_payload(&message))->res_id)};
  if (const nlattr* payload = attributes[NFQA_PAYLOAD]) {
    packet.bytes =
        Bytes(as<std::byte>(mnl_attr_get_payload(payload)), mnl_attr_get_payload_len(payload));
  }
  const std::uint32_t info = number_of(attributes[NFQA_SKB_INFO]);
  packet.checksum_pending = (info & NFQA_SKB_CSUMNOTREADY) != 0;
  packet.bundle = (info & NFQA_SKB_GSO) != 0;
  packet.mark = number_of(attributes[NFQA_MARK]);
  packets_.push_back(packet);
}

void NetlinkQueue::drop(PacketId id) { add_verdict(id, NF_DROP, {}); }
void NetlinkQueue::accept(PacketId id, PacketMark mark) { add_verdict(id, NF_ACCEPT, mark); }

void NetlinkQueue::replace(PacketId id, Bytes bytes, PacketMark mark) {
  const std::size_t at = verdicts_used_;
  nlmsghdr& message = add_verdict(id, NF_ACCEPT, mark, bytes.size());
  nfq_nlmsg_verdict_put_pkt(&message, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  verdicts_used_ = at + message.nlmsg_len;
}

/// Written where it is sent from, with `room` behind it: a bundle of 64 KB is not copied twice.
nlmsghdr& NetlinkQueue::add_verdict(PacketId id, int verdict, PacketMark mark, std::size_t room) {
  constexpr std::size_t kVerdictMax = 128;
  const std::size_t needed = verdicts_used_ + room + kVerdictMax;
  if (verdicts_.size() < needed) verdicts_.resize(2 * needed);
  nlmsghdr& message =
      *nfq_nlmsg_put(as_chars(&verdicts_[verdicts_used_]), NFQNL_MSG_VERDICT, id.queue);
  nfq_nlmsg_verdict_put(&message, static_cast<int>(id.number), verdict);
  if (mark) nfq_nlmsg_verdict_put_mark(&message, *mark);
  verdicts_used_ += message.nlmsg_len;
  return message;
}

void NetlinkQueue::flush() {
  if (verdicts_used_ == 0) return;
  // The kernel takes a message to itself whole or not at all.
  if (mnl_socket_sendto(socket_.get(), verdicts_.data(), verdicts_used_) < 0) {
    ++failures_;
    return;
  }
  verdicts_used_ = 0;
}

std::uint64_t NetlinkQueue::lost() const {
  const bool binds_acks = acks_ == Acks::open || acks_ == Acks::closed;
  std::uint64_t lost = lost_acks_;
  for (const BoundQueue& queue : bound_.read()) {
    if (queue.number == hook_.queue || (binds_acks && queue.number == hook_.acks())) {
      lost += queue.dropped_full + queue.dropped_unread;
    }
  }
  return lost;
}

}  // namespace latesyn
