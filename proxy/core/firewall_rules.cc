#include <fmt/format.h>

#include "proxy/core/plan.hpp"

namespace latesyn {
namespace {

/// An end as iptables words it, `s` for the sender's side and `d` for the receiver's. Null: any.
std::string end_text(const EndpointRange* range, char side) {
  if (range == nullptr) return "";
  std::string out;
  const Prefix& prefix = range->prefix;
  if (prefix.length != 0) {
    out += fmt::format(" -{} {}/{}", side, prefix.address.text(), prefix.length);
  }
  const PortRange& ports = range->ports;
  if (ports == PortRange{}) return out;
  out += fmt::format(" --{}port {}", side, ports.first);
  return ports.first == ports.last ? out : out + fmt::format(":{}", ports.last);
}

/// The ranges of one family; a single null, which stands for any end, where the policy leaves that
/// end open.
std::vector<const EndpointRange*> of_family(const std::vector<EndpointRange>& ranges,
                                            Family family) {
  if (ranges.empty()) return {nullptr};
  std::vector<const EndpointRange*> out;
  for (const EndpointRange& range : ranges) {
    if (range.prefix.address.family() == family) out.push_back(&range);
  }
  return out;
}

/// The segments that the plan leaves to the kernel, out of the way before the traffic is looked at.
std::string skip_text(Take take) {
  if (take == Take::all) return "";
  const std::string laden =
      take == Take::bare ? fmt::format(" -m length ! --length 0:{}", kBareSizeMax) : "";
  return fmt::format(" -p tcp --tcp-flags SYN,FIN,RST NONE{} -j RETURN", laden);
}

}  // namespace

std::string chain_name(const Hook& hook) { return fmt::format("LATESYN-{}", hook.queue); }

std::string firewall_rules(const Plan& plan, const Traffic& traffic, const Hook& hook,
                           Family family) {
  const auto clients = of_family(traffic.clients, family);
  const auto servers = of_family(traffic.servers, family);
  if (plan.take == Take::nothing || clients.empty() || servers.empty()) return "";

  const std::string chain = chain_name(hook);
  std::string out = fmt::format("*raw\n:{} - [0:0]\n-I PREROUTING 1 -j {}\n", chain, chain);
  const auto append = [&](std::string_view rule) { out += fmt::format("-A {}{}\n", chain, rule); };
  append(fmt::format(" -m mark --mark {:#x} -j RETURN", hook.mark));
  if (const auto skip = skip_text(plan.take); !skip.empty()) append(skip);
  const auto queue = [&](const EndpointRange* from, const EndpointRange* to) {
    append(fmt::format(" -p tcp{}{} -j NFQUEUE --queue-num {} --queue-bypass", end_text(from, 's'),
                       end_text(to, 'd'), hook.queue));
  };
  for (const EndpointRange* client : clients) {
    for (const EndpointRange* server : servers) {
      queue(client, server);
      if (client != nullptr || server != nullptr) queue(server, client);
    }
  }
  return out + "COMMIT\n";
}

}  // namespace latesyn
