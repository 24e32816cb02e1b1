#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proxy/intercept/plan.hpp"
#include "proxy/intercept/worker_split.hpp"

namespace latesyn {
namespace {

using Ranges = std::vector<const EndpointRange*>;

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
Ranges of_family(const std::vector<EndpointRange>& ranges, Family family) {
  if (ranges.empty()) return {nullptr};
  Ranges out;
  for (const EndpointRange& range : ranges) {
    if (range.prefix.address.family() == family) out.push_back(&range);
  }
  return out;
}

/// The segments that the plan leaves to the kernel, out of the way before the traffic is looked at.
std::vector<std::string> skip_texts(Take take) {
  if (take == Take::all) return {};
  const std::string plain = " -p tcp --tcp-flags SYN,FIN,RST NONE";
  if (take == Take::control) return {plain + " -j RETURN"};
  return {" -p tcp --tcp-flags SYN,FIN,RST,PSH PSH -j RETURN",
          plain + fmt::format(" -m length ! --length 0:{} -j RETURN", kBareSizeMax)};
}

/// One of our chains in one table, written rule by rule.
class Chain {
 public:
  Chain(const Hook& hook, std::string_view table)
      : name_(chain_name(hook)), text_(fmt::format("*{}\n:{} - [0:0]\n", table, name_)) {}

  /// The packets at one of the kernel's hooks that come here.
  void jump_from(const HookPoint& hook, std::string_view which = "") {
    text_ += fmt::format("-I {} 1{}{} -j {}\n", hook.chain, hook.which, which, name_);
  }
  void jump_from(std::span<const HookPoint> hooks, std::string_view which = "") {
    for (const HookPoint& hook : hooks) jump_from(hook, which);
  }
  void rule(const std::string& text) { text_ += fmt::format("-A {}{}\n", name_, text); }
  std::string committed() const { return text_ + "COMMIT\n"; }

 private:
  std::string name_, text_;
};

struct Writer {
  const Plan& plan;
  const Hook& hook;
  Family family;
  Ranges clients, servers;
  const Stand& stand = hook.stand;

  /// What queues a packet for each of the workers, in the queues from `first` on. The last takes
  /// all that are for nobody else.
  std::vector<std::string> queue_texts(PortsIn place, std::uint16_t first) const {
    std::vector<std::string> out;
    for (unsigned i = 0; i < hook.workers; ++i) {
      const bool last = i + 1 == hook.workers;
      const std::string mine = last ? ""
                                    : fmt::format(" -m bpf --bytecode \"{}\"",
                                                  worker_bytecode(family, place, i, hook.workers));
      const auto number = static_cast<std::uint16_t>(first + i);
      out.push_back(fmt::format("{} -j NFQUEUE --queue-num {} --queue-bypass", mine, number));
    }
    return out;
  }
  std::string own_text() const { return fmt::format(" -m mark --mark {:#x}", hook.mark); }
  std::string_view icmp_text() const { return family == Family::v4 ? " -p icmp" : " -p ipv6-icmp"; }

  /// The segments of the traffic, in both directions.
  void traffic(Chain& chain, const std::string& what) const {
    const auto direction = [&](const EndpointRange* from, const EndpointRange* to) {
      chain.rule(fmt::format(" -p tcp{}{}{}", end_text(from, 's'), end_text(to, 'd'), what));
    };
    for (const EndpointRange* client : clients) {
      for (const EndpointRange* server : servers) {
        direction(client, server);
        if (client != nullptr || server != nullptr) direction(server, client);
      }
    }
  }

  void queue_traffic(Chain& chain, std::uint16_t first, std::string_view which = "") const {
    for (const std::string& text : queue_texts(PortsIn::segment, first)) {
      traffic(chain, std::string(which) + text);
    }
  }

  /// Errors from anywhere, to either end.
  void icmp_errors(Chain& chain) const {
    constexpr std::array<std::string_view, 3> kTypes4{"destination-unreachable", "time-exceeded",
                                                      "parameter-problem"};
    constexpr std::array<std::string_view, 4> kTypes6{"destination-unreachable", "packet-too-big",
                                                      "time-exceeded", "parameter-problem"};
    const bool v4 = family == Family::v4;
    const auto queue = [&](std::string_view type) {
      for (const std::string& text : queue_texts(PortsIn::quote, hook.queue)) {
        chain.rule(fmt::format("{} --icmp{}-type {}{}", icmp_text(), v4 ? "" : "v6", type, text));
      }
    };
    if (v4) std::ranges::for_each(kTypes4, queue);
    if (!v4) std::ranges::for_each(kTypes6, queue);
  }

  /// Everything is seen before connection tracking.
  std::string ahead() const {
    Chain raw(hook, "raw");
    raw.jump_from(stand.traffic);
    if (plan.icmp) raw.jump_from(stand.own, icmp_text());
    raw.rule(own_text() + " -j RETURN");
    if (plan.icmp) icmp_errors(raw);
    for (const std::string& skip : skip_texts(plan.take)) raw.rule(skip);
    if (plan.take == Take::bare) queue_traffic(raw, hook.acks(), " --tcp-flags SYN,FIN,RST NONE");
    queue_traffic(raw, hook.queue);
    return raw.committed();
  }

  /// SYNs and packets of our own are kept from connection tracking: the only entries are ours. What
  /// errors quote has crossed already where it comes from the network, and not where it comes from
  /// this host: there connection tracking knows whose it is.
  std::string ahead_of_translation() const {
    Chain raw(hook, "raw");
    raw.jump_from(stand.traffic);
    raw.jump_from(stand.own, own_text());
    raw.rule(own_text() + " -j CT --notrack");
    raw.rule(own_text() + " -j RETURN");
    icmp_errors(raw);
    traffic(raw, " --tcp-flags SYN SYN -j CT --notrack");
    return raw.committed();
  }

  std::string behind_tracking() const {
    Chain mangle(hook, "mangle");
    mangle.jump_from(stand.traffic, " -p tcp");
    mangle.jump_from(stand.own, icmp_text());
    mangle.rule(own_text() + " -j RETURN");
    mangle.rule(fmt::format(
        " -p tcp --tcp-flags SYN,FIN,RST NONE -m connmark --mark {:#x} -j RETURN", hook.joined()));
    mangle.rule(fmt::format(" -m connmark --mark {:#x}/{:#x} -j MARK --set-xmark {:#x}/{:#x}",
                            hook.joined(), ~Hook::kAnswering, Hook::kTranslated,
                            Hook::kTranslated));
    queue_traffic(mangle, hook.queue);
    icmp_errors(mangle);
    return mangle.committed();
  }

  /// Nothing comes here. The kernel shifts timestamps only while there is a rule with SYNPROXY.
  std::string timestamps() const {
    Chain filter(hook, "filter");
    filter.rule(" -p tcp -j SYNPROXY");
    return filter.committed();
  }
};

}  // namespace

std::string chain_name(const Hook& hook) { return fmt::format("{}{}", kChainPrefix, hook.queue); }

std::string firewall_rules(const Plan& plan, const Traffic& traffic, const Hook& hook,
                           Family family) {
  const Writer writer{plan, hook, family, of_family(traffic.clients, family),
                      of_family(traffic.servers, family)};
  if (plan.take == Take::nothing || writer.clients.empty() || writer.servers.empty()) return "";
  if (!plan.splice) return writer.ahead();
  return writer.ahead_of_translation() + writer.behind_tracking() +
         (plan.shifts_clocks ? writer.timestamps() : "");
}

}  // namespace latesyn
