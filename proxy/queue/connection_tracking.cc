#include "proxy/queue/connection_tracking.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

using Buffer = std::array<char, 1024>;

/// TCP_CONNTRACK_ESTABLISHED, which the kernel's headers keep to themselves.
constexpr std::uint8_t kEstablished = 3;
/// Until the next segment of the flow: from then on the system's own timeouts hold.
constexpr std::uint32_t kFirstTimeout_s = 300;
constexpr std::uint32_t kStatus = IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED;

class Nest {
 public:
  Nest(nlmsghdr& message, std::uint16_t type)
      : message_(message), start_(mnl_attr_nest_start(&message, type)) {}
  ~Nest() { mnl_attr_nest_end(&message_, start_); }
  Nest(const Nest&) = delete;
  Nest& operator=(const Nest&) = delete;

 private:
  nlmsghdr& message_;
  nlattr* start_;
};

nlmsghdr& begin(Buffer& buffer, const FlowKey& flow, unsigned type, unsigned flags) {
  nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
  message.nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8U | type);
  message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(&message, sizeof(nfgenmsg)));
  header->nfgen_family = flow.client.address.family() == Family::v4 ? AF_INET : AF_INET6;
  header->version = NFNETLINK_V0;
  header->res_id = 0;
  return message;
}

void put_tuple(nlmsghdr& message, std::uint16_t type, const Endpoint& from, const Endpoint& to) {
  const Nest tuple(message, type);
  const bool v4 = from.address.family() == Family::v4;
  const auto put_address = [&](std::uint16_t kind, const IpAddress& address) {
    mnl_attr_put(&message, kind, address.bytes().size(), address.bytes().data());
  };
  {
    const Nest ip(message, CTA_TUPLE_IP);
    put_address(v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, from.address);
    put_address(v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, to.address);
  }
  const Nest protocol(message, CTA_TUPLE_PROTO);
  mnl_attr_put_u8(&message, CTA_PROTO_NUM, IPPROTO_TCP);
  mnl_attr_put_u16(&message, CTA_PROTO_SRC_PORT, htons(from.port));
  mnl_attr_put_u16(&message, CTA_PROTO_DST_PORT, htons(to.port));
}

void put_number(nlmsghdr& message, std::uint16_t type, std::uint32_t number) {
  mnl_attr_put_u32(&message, type, htonl(number));
}

/// `liberal`: windows are the ends' business. Conntrack sees numbers before they are shifted, and
/// would find each end's acknowledgments outside of the other's windows.
void put_state(nlmsghdr& message, const Join& join) {
  const Nest info(message, CTA_PROTOINFO);
  const Nest tcp(message, CTA_PROTOINFO_TCP);
  mnl_attr_put_u8(&message, CTA_PROTOINFO_TCP_STATE, kEstablished);
  mnl_attr_put_u8(&message, CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, join.client_scale);
  mnl_attr_put_u8(&message, CTA_PROTOINFO_TCP_WSCALE_REPLY, join.server_scale);
  constexpr std::uint8_t kFlags =
      IP_CT_TCP_FLAG_WINDOW_SCALE | IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL;
  const nf_ct_tcp_flags flags{.flags = kFlags, .mask = kFlags};
  mnl_attr_put(&message, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, sizeof flags, &flags);
  mnl_attr_put(&message, CTA_PROTOINFO_TCP_FLAGS_REPLY, sizeof flags, &flags);
}

/// The same offset before and after any position.
void put_offset(nlmsghdr& message, std::uint16_t direction, std::uint32_t offset) {
  const Nest nest(message, direction);
  put_number(message, CTA_SEQADJ_CORRECTION_POS, 0);
  put_number(message, CTA_SEQADJ_OFFSET_BEFORE, offset);
  put_number(message, CTA_SEQADJ_OFFSET_AFTER, offset);
}

/// The kernel subtracts this from the server's timestamps, and adds it to what the client echoes.
void put_clock(nlmsghdr& message, std::uint32_t server_clock) {
  const Nest nest(message, CTA_SYNPROXY);
  put_number(message, CTA_SYNPROXY_ISN, 0);
  put_number(message, CTA_SYNPROXY_ITS, 0);
  put_number(message, CTA_SYNPROXY_TSOFF, 0U - server_clock);
}

nlmsghdr& build(Buffer& buffer, const Splice& splice, const Hook& hook) {
  const FlowKey& flow = splice.flow;
  nlmsghdr& message = begin(buffer, flow, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL);
  put_tuple(message, CTA_TUPLE_ORIG, flow.client, flow.server);
  put_tuple(message, CTA_TUPLE_REPLY, flow.server, flow.client);
  put_number(message, CTA_STATUS, kStatus);
  put_number(message, CTA_TIMEOUT, kFirstTimeout_s);
  put_number(message, CTA_MARK, splice.answered ? hook.joined() : hook.answering());
  put_state(message, splice.join);
  if (splice.join.client_seq != 0 || splice.join.server_seq != 0) {
    put_offset(message, CTA_SEQ_ADJ_ORIG, splice.join.client_seq);
    put_offset(message, CTA_SEQ_ADJ_REPLY, splice.join.server_seq);
  }
  if (splice.join.server_clock != 0) put_clock(message, splice.join.server_clock);
  return message;
}

nlmsghdr& build(Buffer& buffer, const Bypass& bypass, const Hook& hook) {
  nlmsghdr& message = begin(buffer, bypass.flow, IPCTNL_MSG_CT_NEW, 0);
  put_tuple(message, CTA_TUPLE_ORIG, bypass.flow.client, bypass.flow.server);
  put_number(message, CTA_MARK, bypass.passes ? hook.joined() : hook.answering());
  return message;
}

nlmsghdr& build(Buffer& buffer, const Unsplice& unsplice, const Hook&) {
  const bool at_once = unsplice.linger == Duration::zero();
  nlmsghdr& message =
      begin(buffer, unsplice.flow, at_once ? IPCTNL_MSG_CT_DELETE : IPCTNL_MSG_CT_NEW, 0);
  put_tuple(message, CTA_TUPLE_ORIG, unsplice.flow.client, unsplice.flow.server);
  if (at_once) return message;
  // Fixed: no segment of the dead prolongs it.
  put_number(message, CTA_STATUS, kStatus | IPS_FIXED_TIMEOUT);
  put_number(message, CTA_TIMEOUT,
             static_cast<std::uint32_t>(
                 std::chrono::duration_cast<std::chrono::seconds>(unsplice.linger).count()));
  return message;
}

}  // namespace

ConnectionTracking::ConnectionTracking(const Hook& hook)
    : hook_(hook),
      socket_(open_netlink(NETLINK_NETFILTER, "open a netlink socket for connection tracking")) {
  // To remove what is not there changes nothing, and tells whether we would be let.
  Buffer buffer{};
  const int error = request(build(buffer, Unsplice{}, hook));
  if (error == EPERM) {
    throw std::runtime_error(
        "could not use connection tracking: not permitted; run it with sudo (it needs "
        "CAP_NET_ADMIN)");
  }
  if (error == EINVAL || error == EOPNOTSUPP || error == EPROTONOSUPPORT) {
    throw std::runtime_error(
        "could not use connection tracking: the kernel has no ctnetlink; load it with: sudo "
        "modprobe nf_conntrack_netlink");
  }
}

/// At once, and its answer is waited for.
int ConnectionTracking::request(nlmsghdr& message) {
  message.nlmsg_flags |= NLM_F_ACK;
  message.nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), &message, message.nlmsg_len) < 0) return errno;
  // The kernel has answered by now.
  alignas(nlmsghdr) std::array<char, 4096> answer{};
  const ssize_t size = mnl_socket_recvfrom(socket_.get(), answer.data(), answer.size());
  if (size < 0) return errno;
  const int status = mnl_cb_run(answer.data(), static_cast<std::size_t>(size), sequence_,
                                mnl_socket_get_portid(socket_.get()), nullptr, nullptr);
  return status < 0 ? errno : 0;
}

void ConnectionTracking::add(const Wish& wish) {
  if (wishes_.size() == kPacketBatch) flush();
  Buffer buffer{};
  nlmsghdr& message =
      std::visit([&](const auto& w) -> nlmsghdr& { return build(buffer, w, hook_); }, wish);
  message.nlmsg_seq = ++sequence_;
  wishes_.push_back(wish);
  messages_.insert(messages_.end(), buffer.data(), buffer.data() + message.nlmsg_len);
}

void ConnectionTracking::flush() {
  if (wishes_.empty()) return;
  if (mnl_socket_sendto(socket_.get(), messages_.data(), messages_.size()) < 0) {
    const int error = errno;
    for (const Wish& wish : wishes_) refused_.emplace_back(wish, error);
  } else {
    read_errors();
  }
  wishes_.clear();
  messages_.clear();
  for (const auto& [wish, error] : std::exchange(refused_, {})) judge(wish, error);
}

/// Only what went wrong is answered, and the kernel has done so by now.
void ConnectionTracking::read_errors() {
  alignas(nlmsghdr) std::array<char, 4096> answer{};
  const std::uint32_t first = sequence_ + 1 - static_cast<std::uint32_t>(wishes_.size());
  for (;;) {
    const ssize_t size =
        ::recv(mnl_socket_get_fd(socket_.get()), answer.data(), answer.size(), MSG_DONTWAIT);
    if (size < 0) return;
    const void* const bytes = answer.data();
    const auto* header = static_cast<const nlmsghdr*>(bytes);
    if (!mnl_nlmsg_ok(header, static_cast<int>(size)) || header->nlmsg_type != NLMSG_ERROR)
      continue;
    const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header));
    const std::uint32_t place = header->nlmsg_seq - first;
    if (place < wishes_.size()) refused_.emplace_back(wishes_[place], -error->error);
  }
}

/// In the place of another entry of the flow.
int ConnectionTracking::insist(const Splice& splice) {
  Buffer buffer{};
  request(build(buffer, Unsplice{.flow = splice.flow}, hook_));
  buffer = {};
  return request(build(buffer, splice, hook_));
}

void ConnectionTracking::judge(const Wish& wish, int error) {
  if (const auto* splice = std::get_if<Splice>(&wish)) {
    return note(error == EEXIST ? insist(*splice) : error, "make an entry");
  }
  // One that was not made was noted then.
  if (error == ENOENT) return;
  note(error, std::holds_alternative<Bypass>(wish) ? "change an entry" : "remove an entry");
}

void ConnectionTracking::note(int error, std::string_view attempt) {
  if (error == 0) return;
  ++failures_;
  if (error == last_error_) return;
  last_error_ = error;
  spdlog::warn(
      "could not {} of connection tracking: {}; the flow's numbers are shifted here; more of the "
      "kind are only counted",
      attempt, reason(error));
}

}  // namespace latesyn
