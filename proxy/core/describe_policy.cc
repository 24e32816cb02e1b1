#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/core/describe.hpp"
#include "proxy/core/plan.hpp"
#include "proxy/core/witnesses.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

std::string traffic_text(const std::vector<EndpointRange>& ranges) {
  if (ranges.empty()) return "any";
  std::vector<std::string> texts;
  for (const EndpointRange& range : ranges) texts.push_back(range.text());
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string_view take_text(Take take) {
  switch (take) {
    case Take::nothing:
      return "nothing";
    case Take::control:
      return "SYN, FIN and RST";
    case Take::bare:
      return "SYN, FIN and RST; plain ACKs (short segments without PSH) while something is late";
    case Take::all:
      break;
  }
  return "every segment";
}

std::string queue_text(const Plan& plan, const Hook& hook) {
  if (plan.take == Take::nothing) return "Queue: none; all of the traffic stays in the kernel.\n";
  return fmt::format("Queue: number {}, {} of each packet, segmentation offload {}.\n", hook.queue,
                     plan.copy_bytes == 0xffff ? std::string("all bytes")
                                               : fmt::format("{} bytes", plan.copy_bytes),
                     plan.gso ? "on" : "off");
}

std::string joined_text(const Plan& plan) {
  if (!plan.icmp) return "";
  return plan.splice ? "Joined flows: their numbers are shifted by connection tracking where it "
                       "can; of their segments only SYN, FIN and RST are queued.\n"
                     : "Joined flows: their numbers are shifted here; every segment is queued. "
                       "Those whose halves' numbers differ die where latesyn is killed.\n";
}

std::string firewall_text(const Plan& plan, const Traffic& traffic, const Hook& hook) {
  std::string out;
  for (const auto& [family, program] : {std::pair(Family::v4, "iptables-restore --noflush"),
                                        std::pair(Family::v6, "ip6tables-restore --noflush")}) {
    const std::string rules = firewall_rules(plan, traffic, hook, family);
    if (rules.empty()) continue;
    out += fmt::format("Firewall, {}:\n", program);
    for (std::size_t at = 0; at < rules.size();) {
      const std::size_t end = rules.find('\n', at);
      out += "  " + rules.substr(at, end + 1 - at);
      at = end + 1;
    }
  }
  return out;
}

std::string rules_text(const std::vector<Rule>& rules) {
  std::string out = rules.empty() ? "Rules: none.\n" : "Rules:\n";
  for (std::size_t i = 0; i < rules.size(); ++i) {
    out += fmt::format("  {} {}\n", i + 1, describe(rules[i]));
  }
  return out;
}

std::string replays_text(const std::vector<CaptureReplay>& replays) {
  std::string out = replays.empty() ? "" : "Replayed:\n";
  for (const CaptureReplay& replay : replays) {
    out += fmt::format("  \"{}\": {} from {}: {} packets, the first {} after the start",
                       replay.name, names(replay.segments), replay.file, replay.packets.size(),
                       to_text(replay.start));
    for (const auto& [why, count] : replay.skipped) out += fmt::format(", {} {}", count, why);
    out += "\n";
  }
  return out;
}

std::string expectations_text(const std::vector<Expectation>& expectations) {
  std::string out = expectations.empty() ? "" : "Expected:\n";
  for (const Expectation& expectation : expectations) {
    out += fmt::format("  {}\n", judge(expectation, {.late_syns = {}}, {}).text);
  }
  for (const std::string& untold : untold_by({}, expectations)) {
    out += fmt::format("  not judged by run: {}\n", untold);
  }
  return out;
}

}  // namespace

std::string describe(const Policy& policy) {
  const Plan plan = make_plan(policy);
  const Hook hook;
  return fmt::format("{}: {}\nTraffic: clients {}; servers {}.\nTaken in: {}.\n", policy.file,
                     policy.about, traffic_text(policy.traffic.clients),
                     traffic_text(policy.traffic.servers), take_text(plan.take)) +
         queue_text(plan, hook) + joined_text(plan) + firewall_text(plan, policy.traffic, hook) +
         rules_text(policy.rules) + replays_text(policy.replays) +
         expectations_text(policy.expectations);
}

}  // namespace latesyn
