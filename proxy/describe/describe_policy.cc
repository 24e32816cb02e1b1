#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/describe/describe.hpp"
#include "proxy/policy/multiplication.hpp"
#include "proxy/policy/witnesses.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

std::string traffic_text(const std::vector<EndpointRange>& ranges) {
  if (ranges.empty()) return "any";
  std::vector<std::string> texts;
  for (const EndpointRange& range : ranges) texts.push_back(range.text());
  return fmt::format("{}", fmt::join(texts, ", "));
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
                       "can.\n"
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

std::string kernels_text(const KernelRange& kernels) {
  if (kernels == KernelRange{}) return "";
  return fmt::format("In the lab: about {}; other kernels are not asked.\n", kernels.text());
}

std::string rules_text(const std::vector<Rule>& rules) {
  std::string out = rules.empty() ? "Rules: none.\n" : "Rules:\n";
  for (std::size_t i = 0; i < rules.size(); ++i) {
    out += fmt::format("  {} {}\n", i + 1, describe(rules[i]));
  }
  return out;
}

std::string copies_text(const Policy& policy) {
  const std::uint64_t most = most_departures(policy);
  if (most <= 1) return "";
  std::string out = fmt::format("Copies: up to {} packets leave for one that comes in", most);
  if (most > std::uint64_t{policy.limits.copies} + 1) {
    out += fmt::format(
        "; one for which more than {} copies would leave passes instead, and is counted: raise "
        "[limits] copies where they are meant",
        policy.limits.copies);
  }
  return out + ".\n";
}

std::string workers_text(const Policy& policy) {
  const Rule* const rule = needs_one_worker(policy);
  if (rule == nullptr) return "";
  return fmt::format("Workers: one only, which sees all that \"{}\" remembers.\n", rule->name);
}

std::string replays_text(const std::vector<CaptureReplay>& replays) {
  std::string out = replays.empty() ? "" : "Replayed:\n";
  for (const CaptureReplay& replay : replays) {
    out += fmt::format("  \"{}\": {} from {}: {} packet{}, the first {} after the start",
                       replay.name, names(replay.segments), replay.file, replay.packets.size(),
                       replay.packets.size() == 1 ? "" : "s", to_text(replay.start));
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

std::string_view taken_text(const Plan& plan) {
  if (plan.splice)
    return "SYN, FIN and RST, and all segments that connection tracking does not translate";
  switch (plan.take) {
    case Take::nothing:
      return "nothing (the policy has no rules)";
    case Take::control:
      return "SYN, FIN and RST";
    case Take::bare:
      return "SYN, FIN and RST, and plain ACKs while something is late";
    case Take::all:
      break;
  }
  return "all segments";
}

std::string describe(const Policy& policy) {
  const Hook hook;
  const Plan plan = make_plan(policy, hook.stand);
  return fmt::format("{}: {}\nTraffic: clients {}; servers {}.\nTaken in: {}.\n", policy.file,
                     policy.about, traffic_text(policy.traffic.clients),
                     traffic_text(policy.traffic.servers), taken_text(plan)) +
         queue_text(plan, hook) + joined_text(plan) + firewall_text(plan, policy.traffic, hook) +
         rules_text(policy.rules) + copies_text(policy) + workers_text(policy) +
         replays_text(policy.replays) + kernels_text(policy.lab.kernels) +
         expectations_text(policy.expectations);
}

}  // namespace latesyn
