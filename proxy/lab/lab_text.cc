#include "proxy/lab/lab_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/lab/ladder/late_syn_history.hpp"
#include "proxy/policy/witnesses.hpp"
#include "proxy/report/play.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

std::string example_text(const ExampleMatch& example) {
  if (example.lines == 0) return "The policy has no example.\n";
  if (example.complete()) {
    return fmt::format(
        "The kernels did as the policy's example says: all {} lines, in order ({} more are marked "
        "+).\n",
        example.lines, std::ranges::count(example.in_example, false));
  }
  return fmt::format(
      "The kernels did not do all that the policy's example says: {} of {} lines; the first that "
      "is missing:\n  {}\n",
      example.matched, example.lines, to_text(*example.first_missing));
}

std::string endpoints_text(const LabResult& result) {
  std::string out;
  if (const auto& exchanges = result.report.exchanges) {
    out += fmt::format("client: {} of {} exchanges intact\n", exchanges->intact, exchanges->count);
  }
  constexpr std::size_t kShown = 5;
  const auto& problems = result.endpoints.problems;
  for (std::size_t i = 0; i < std::min(kShown, problems.size()); ++i) {
    out += "  " + problems[i] + "\n";
  }
  if (problems.size() > kShown) out += fmt::format("  … and {} more\n", problems.size() - kShown);
  const auto [accepted, served] = std::pair(result.endpoints.accepted, result.endpoints.served);
  if (served != accepted) {
    out += fmt::format("server: its application read nothing from {} of {} accepted connection{}\n",
                       accepted - served, accepted, accepted == 1 ? "" : "s");
  }
  return out;
}

std::string packets_were(std::uint64_t count) {
  return count == 1 ? "1 packet was" : fmt::format("{} packets were", count);
}

std::string ending_text(const LabResult& result) {
  std::string out;
  if (result.waiting != 0) {
    out += fmt::format("{} still held at the end.\n", packets_were(result.waiting));
  }
  if (result.lost != 0) {
    out += fmt::format("{} lost by latesyn itself: do not trust this run.\n",
                       packets_were(result.lost));
  }
  if (result.unsettled != 0) {
    out += fmt::format(
        "{} times a state was read before its segment had surely been delivered: the kernel took "
        "too long.\n",
        result.unsettled);
  }
  return out;
}

std::string outcomes(const Report& report) {
  std::string out;
  for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
    const auto count =
        std::ranges::count(report.late_syns, static_cast<Outcome>(i), &LateSyn::outcome);
    if (count == 0) continue;
    if (!out.empty()) out += ", ";
    out += count == static_cast<std::ptrdiff_t>(report.late_syns.size())
               ? std::string(kOutcomeNames[i])
               : fmt::format("{} {}", count, kOutcomeNames[i]);
  }
  return out.empty() ? "no late SYN" : out;
}

std::string longest_state(const Report& report) {
  Duration longest{};
  bool still = false;
  for (const LateSyn& late : report.late_syns) {
    longest = std::max(longest, late.server_state(report.ended));
    still = still || (late.state_from && !late.state_until);
  }
  return rounded_text(longest) + (still ? ", still" : "");
}

std::ptrdiff_t sockets_left(const LabResult& result) {
  return std::ranges::count_if(result.ladder,
                               [](const LadderFlow& flow) { return holds_state(flow.b); });
}

/// Two where the proxy confirms in the client's place.
int handshake_messages(const Policy& policy) {
  const bool two = std::ranges::any_of(policy.rules, [](const Rule& rule) {
    const bool confirms = rule.kind != nullptr && rule.kind->name == "confirm";
    return confirms || rule.effects.handshake == HandshakeMode::two_way;
  });
  return two || policy.traffic.handshake.mode == HandshakeMode::two_way ? 2 : 3;
}

}  // namespace

std::string heading(const LabTask& task) {
  const ExampleEnds ends = example_ends(task.policy->traffic, task.family);
  std::string about = task.policy->about;
  while (!about.empty() && about.back() == '\n') about.pop_back();
  std::string out = fmt::format("{}\n{}\nlab: client {}, server {}, seed {}\n", task.policy->file,
                                about, ends.client.address.text(), ends.server.text(), task.seed);
  const Witnesses witnesses{.lab = true,
                            .client_command = !task.client_command.empty(),
                            .server_command = !task.server_command.empty()};
  for (const std::string& untold : untold_by(witnesses, task.policy->expectations)) {
    out += "not judged: " + untold + "\n";
  }
  return out + "\n";
}

std::string to_text(const LabResult& result) {
  return to_text(result.ladder, result.flows_left_out) + to_text(result.report) +
         endpoints_text(result) + (result.example ? example_text(*result.example) : "") +
         ending_text(result);
}

std::string comparison(const std::vector<LabTask>& tasks, const std::vector<LabResult>& results) {
  constexpr std::string_view kRow = "{:<28} {:>9}  {:<14} {:<22} {:<12} {:>12}\n";
  std::string out =
      "What it cost the server\n" + fmt::format(kRow, "policy", "messages", "outcome",
                                                "held state for", "application", "sockets left");
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Report& report = results[i].report;
    const bool reached = std::ranges::any_of(report.late_syns, &LateSyn::reached_application);
    out += fmt::format(kRow, report.policy, handshake_messages(*tasks[i].policy), outcomes(report),
                       longest_state(report), reached ? "saw it" : "saw nothing",
                       sockets_left(results[i]));
  }
  return out;
}

}  // namespace latesyn
