#include "proxy/lab/network.hpp"

#include <fmt/format.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "proxy/linux/system_error.hpp"
#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"

namespace latesyn {
namespace {

/// How one host hangs on the router. Neighbours are written down, so that no ARP and no neighbour
/// discovery delays or joins the conversation.
struct Link {
  std::string_view router_end, router_mac, host_mac;
  const Namespace& host;
  const IpAddress &v4, &v6;
};
constexpr std::string_view kHostEnd = "eth0", kGateway4 = "169.254.77.1", kGateway6 = "fe80::1";

Namespace move_to_new() {
  if (::unshare(CLONE_NEWNET) != 0) throw system_error("make the router's network namespace");
  return Namespace::current();
}

void ip_batch(const Namespace& there, const std::string& lines) {
  const auto ip = find_program("ip");
  if (!ip) {
    throw std::runtime_error(
        "could not find the program ip, which makes the lab's links; install it: sudo apt-get "
        "install iproute2");
  }
  const Inside inside(there);
  const CommandResult result = run_command({*ip, "-batch", "-"}, lines);
  if (!result.ok()) throw std::runtime_error("could not set up the lab's links: " + result.why());
}

/// A path by which other programs find one of our descriptors. The number of a process depends on
/// which /proc is mounted.
std::string path_of(int descriptor) {
  return fmt::format("/proc/{}/fd/{}", std::filesystem::read_symlink("/proc/self").string(),
                     descriptor);
}

/// The link, made from the host's side: there its number can be chosen. Where both ends have the
/// same number the kernel takes a link for no urgent matter, and up to a second to turn it up.
std::string link_lines(const Link& link, const Namespace& router) {
  return fmt::format(
      "link add {0} index 77 address {1} type veth peer name {2} address {3} netns {4}\n", kHostEnd,
      link.host_mac, link.router_end, link.router_mac, path_of(router.descriptor()));
}

/// The router's way to a host.
std::string router_lines(const Link& link) {
  return fmt::format(
      "addr add {1}/32 dev {0}\n"
      "addr add {2}/64 dev {0} nodad\n"
      "link set {0} up\n"
      "route add {3}/32 dev {0}\n"
      "route add {4}/128 dev {0}\n"
      "neigh add {3} lladdr {5} nud permanent dev {0}\n"
      "neigh add {4} lladdr {5} nud permanent dev {0}\n",
      link.router_end, kGateway4, kGateway6, link.v4.text(), link.v6.text(), link.host_mac);
}

/// A host's default route, over its only link; it works for any address.
std::string host_lines(const Link& link) {
  return fmt::format(
      "link set lo up\n"
      "addr add {0}/32 dev {4}\n"
      "addr add {1}/128 dev {4} nodad\n"
      "link set {4} up\n"
      "neigh add {2} lladdr {5} nud permanent dev {4}\n"
      "neigh add {3} lladdr {5} nud permanent dev {4}\n"
      "route add default via {2} dev {4} onlink\n"
      "route add ::/0 via {3} dev {4} onlink\n",
      link.v4.text(), link.v6.text(), kGateway4, kGateway6, kHostEnd, link.router_mac);
}

bool is_up(std::string_view interface) {
  const Descriptor fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::ranges::copy(interface, request.ifr_name);
  return ::ioctl(fd.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

/// True where the kernel takes packets for this IPv6 address for its own. It begins to some time
/// after the address was given, in a worker of its own that a busy machine keeps waiting.
bool is_local(const IpAddress& v6) {
  std::string prefix;
  for (const std::byte b : v6.bytes()) prefix += fmt::format("{:02x}", std::to_integer<int>(b));
  prefix += " 80 ";
  std::ifstream routes("/proc/thread-self/net/ipv6_route");
  constexpr unsigned long kLocal = 0x80000000;  // RTF_LOCAL of linux/ipv6_route.h
  for (std::string line; std::getline(routes, line);) {
    if (!line.starts_with(prefix)) continue;
    std::istringstream words(line);
    const std::vector<std::string> fields(std::istream_iterator<std::string>(words), {});
    if (fields.size() == 10 && (std::stoul(fields[8], nullptr, 16) & kLocal) != 0) return true;
  }
  return false;
}

template <typename Condition>
void wait_until(const Namespace& there, std::string_view what, Condition holds) {
  const Inside inside(there);
  constexpr int kTriesMax = 5000;  // a millisecond each
  for (int tries = 0; !holds(); ++tries) {
    if (tries == kTriesMax) throw std::runtime_error(fmt::format("{} in 5 s", what));
    ::poll(nullptr, 0, 1);
  }
}

/// The kernel turns a link up a moment after both of its ends are.
void wait_until_up(const Namespace& there, std::string_view interface) {
  wait_until(there, fmt::format("the lab's link {} did not come up", interface),
             [interface] { return is_up(interface); });
}

void connect(const Namespace& router, const Link& link) {
  ip_batch(link.host, link_lines(link, router) + host_lines(link));
  ip_batch(router, router_lines(link));
  wait_until_up(router, link.router_end);
  wait_until_up(link.host, kHostEnd);
  wait_until(link.host, fmt::format("a host of the lab did not get its address {}", link.v6.text()),
             [&link] { return is_local(link.v6); });
}

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

}  // namespace

Addresses lab_addresses(const Traffic& traffic) {
  const auto v4 = example_ends(traffic, Family::v4), v6 = example_ends(traffic, Family::v6);
  const auto pick = [](const IpAddress& wanted, Family family, std::string_view otherwise) {
    return wanted.family() == family ? wanted : address(otherwise);
  };
  return {.client_v4 = pick(v4.client.address, Family::v4, "10.1.0.2"),
          .client_v6 = pick(v6.client.address, Family::v6, "fd00:1::2"),
          .server_v4 = pick(v4.server.address, Family::v4, "10.2.0.2"),
          .server_v6 = pick(v6.server.address, Family::v6, "fd00:2::2")};
}

std::map<std::string, std::string> client_sysctls(const Policy& policy, Family family) {
  auto settings = policy.lab.client_sysctls;
  const auto& clients = policy.traffic.clients;
  const auto range = std::ranges::find_if(
      clients, [family](const EndpointRange& r) { return r.prefix.address.family() == family; });
  if (range != clients.end() && range->ports != PortRange{}) {
    settings.insert({"net.ipv4.ip_local_port_range",
                     fmt::format("{} {}", range->ports.first, range->ports.last)});
  }
  return settings;
}

Network::Network(const Addresses& a)
    : router_(move_to_new()), client_(Namespace::make()), server_(Namespace::make()) {
  set_sysctls(router_, {{"net.ipv4.ip_forward", "1"},
                        {"net.ipv4.conf.all.rp_filter", "0"},
                        {"net.ipv4.conf.default.rp_filter", "0"},
                        {"net.ipv6.conf.all.forwarding", "1"},
                        {"net.ipv6.conf.default.accept_dad", "0"}});
  ip_batch(router_, "link set lo up\n");
  connect(router_,
          {"client", "02:00:00:00:01:01", "02:00:00:00:01:02", client_, a.client_v4, a.client_v6});
  connect(router_,
          {"server", "02:00:00:00:02:01", "02:00:00:00:02:02", server_, a.server_v4, a.server_v6});
}

}  // namespace latesyn
