#include "proxy/firewall/ruleset_stamp.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
// The kernel's headers stand back where they find the C library's before them.
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <algorithm>
#include <string>

#include "proxy/firewall/firewall_program.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

Descriptor open_asking(int family) {
  Descriptor fd(::socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!fd) throw system_error("open a socket to ask about firewall rules");
  return fd;
}

/// How much there is in each of a family's tables, of the older iptables. Nothing is asked of a
/// table that is not there: the kernel would make it.
void add_legacy(Family family, int fd, std::vector<std::uint32_t>& stamp) {
  static_assert(sizeof(ipt_getinfo) == sizeof(ip6t_getinfo) && IPT_SO_GET_INFO == IP6T_SO_GET_INFO);
  for (const std::string& table : legacy_tables(family)) {
    ipt_getinfo info{};
    std::ranges::copy(table.substr(0, sizeof info.name - 1), std::begin(info.name));
    socklen_t size = sizeof info;
    const int level = family == Family::v4 ? IPPROTO_IP : IPPROTO_IPV6;
    if (::getsockopt(fd, level, IPT_SO_GET_INFO, &info, &size) != 0) continue;
    stamp.insert(stamp.end(), {info.num_entries, info.size});
  }
}

}  // namespace

RulesetStamp::RulesetStamp() : v4_(open_asking(AF_INET)), v6_(open_asking(AF_INET6)) {}

std::vector<std::uint32_t> RulesetStamp::read() {
  std::vector<std::uint32_t> stamp{nft_.read().value_or(0)};
  add_legacy(Family::v4, v4_.get(), stamp);
  add_legacy(Family::v6, v6_.get(), stamp);
  return stamp;
}

}  // namespace latesyn
