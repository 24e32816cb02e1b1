#include "proxy/firewall/nft_generation.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <array>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

constexpr std::uint16_t message_type(unsigned type) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | type);
}

int take_attribute(const nlattr* attribute, void* generation) {
  if (mnl_attr_get_type(attribute) == NFTA_GEN_ID) {
    *static_cast<std::optional<std::uint32_t>*>(generation) = ntohl(mnl_attr_get_u32(attribute));
  }
  return MNL_CB_OK;
}

int take_generation(const nlmsghdr* message, void* generation) {
  if (message->nlmsg_type != message_type(NFT_MSG_NEWGEN)) return MNL_CB_OK;
  mnl_attr_parse(message, sizeof(nfgenmsg), take_attribute, generation);
  return MNL_CB_STOP;
}

}  // namespace

NftGeneration::NftGeneration()
    : socket_(open_netlink(NETLINK_NETFILTER, "open a netlink socket for nftables")) {}

std::optional<std::uint32_t> NftGeneration::read() {
  alignas(nlmsghdr) std::array<char, 256> request{};
  nlmsghdr& message = *mnl_nlmsg_put_header(request.data());
  message.nlmsg_type = message_type(NFT_MSG_GETGEN);
  message.nlmsg_flags = NLM_F_REQUEST;
  message.nlmsg_seq = ++sequence_;
  auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(&message, sizeof(nfgenmsg)));
  header->nfgen_family = AF_UNSPEC;
  header->version = NFNETLINK_V0;
  header->res_id = 0;
  if (mnl_socket_sendto(socket_.get(), &message, message.nlmsg_len) < 0) return std::nullopt;
  // The kernel has answered by now: with the number, or with an error.
  alignas(nlmsghdr) std::array<char, 4096> answer{};
  const ssize_t size = mnl_socket_recvfrom(socket_.get(), answer.data(), answer.size());
  std::optional<std::uint32_t> generation;
  if (size > 0) {
    mnl_cb_run(answer.data(), static_cast<std::size_t>(size), sequence_,
               mnl_socket_get_portid(socket_.get()), take_generation, &generation);
  }
  return generation;
}

}  // namespace latesyn
