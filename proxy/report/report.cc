#include "proxy/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/intercept/plan.hpp"
#include "proxy/policy/endings.hpp"
#include "proxy/policy/witnesses.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

std::string answer_text(const Answer& answer) {
  if (answer.times == 0) return "nothing";
  return answer.times == 1 ? answer.flags.text()
                           : fmt::format("{} x{}", answer.flags.text(), answer.times);
}

std::string state_text(const LateSyn& late, Time ended) {
  if (!late.state_from) return "no state";
  return rounded_text(late.server_state(ended)) + (late.state_until ? "" : ", still");
}

std::string row(const LateSyn& late, Time ended) {
  return fmt::format("{:>4}  {:<16.16} {:>5}  {:<28} {:>11}  {:<12} {:<12} {:<15} {:<11} {}\n",
                     late.id, late.rule, late.connection, late.flow.client.text(),
                     rounded_text(late.held()), answer_text(late.server_answer),
                     answer_text(late.client_answer), state_text(late, ended),
                     late.reached_application ? "accepted" : "nothing", name(late.outcome));
}

/// A policy about nobody's traffic is silent, and must not pass for one that did its work.
std::string silence(const Report& report) {
  const Counters& c = report.counters;
  if (c.packets == c.other_traffic) {
    return "Not one segment of the policy's traffic was seen: look at the addresses and ports in "
           "[traffic].\n";
  }
  const bool none = !report.rules.empty() && std::ranges::all_of(report.rules, [](const auto& r) {
    return r.matched + r.made == 0;
  });
  return none ? "No rule matched any segment.\n" : "";
}

std::string table(const Report& report, std::size_t rows) {
  if (report.late_syns.empty()) {
    const std::string silent = silence(report);
    if (!silent.empty()) return silent;
    return report.can_make_syns_late ? "No SYN came late.\n" : "";
  }
  std::string out = fmt::format(
      "late SYNs ({} in all, read off the {}):\n{:>4}  {:<16} {:>5}  {:<28} {:>11}  {:<12} {:<12} "
      "{:<15} {:<11} {}\n",
      report.late_syns.size(),
      report.evidence == Evidence::sockets ? "wire and the kernels' sockets" : "wire", "#", "rule",
      "conn.", "client", "held", "server said", "client said", "server's state", "application",
      "outcome");
  const std::size_t shown = std::min(rows, report.late_syns.size());
  for (std::size_t i = 0; i < shown; ++i) out += row(report.late_syns[i], report.ended);
  if (shown < report.late_syns.size()) {
    out += fmt::format("      … and {} more\n", report.late_syns.size() - shown);
  }
  return out;
}

std::string row(const RuleCount& count) {
  return fmt::format("  {:>9}  {:>9}  {:>9}  \"{}\"{}\n", count.matched, count.made, count.left,
                     count.rule, count.matched + count.made == 0 ? ", which never matched" : "");
}

/// Those that never matched come first where there is no room for all.
std::string rules_table(const Report& report, std::size_t rows) {
  std::vector<RuleCount> counts = report.rules;
  if (counts.empty()) return "";
  std::string out = fmt::format("rules:\n  {:>9}  {:>9}  {:>9}\n", "matched", "made", "let leave");
  if (counts.size() > rows) {
    std::stable_partition(counts.begin(), counts.end(),
                          [](const RuleCount& c) { return c.matched == 0; });
  }
  const std::size_t shown = std::min(rows, counts.size());
  for (std::size_t i = 0; i < shown; ++i) out += row(counts[i]);
  if (shown < counts.size()) out += fmt::format("      … and {} more\n", counts.size() - shown);
  return out;
}

/// What the engine let through without a decision, or could not do; nothing where there was none.
std::string exceptions(const Counters& c) {
  std::string out;
  const auto add = [&out](std::uint64_t count, std::string_view what) {
    if (count != 0) out += fmt::format("  {:>8}  {}\n", count, what);
  };
  for (std::size_t i = 0; i < kDefects; ++i) {
    add(c.defects[i], fmt::format("passed unread: {}", name(static_cast<Defect>(i))));
  }
  for (const auto& row : kCounterRows) {
    if (row.is_exception) add(c.*row.value, row.counts);
  }
  for (std::size_t i = 0; i < kStripped.size(); ++i) {
    add(c.stripped[i], fmt::format("SYNs sent on without {}", kStripped[i].name));
  }
  return out.empty() ? out : "exceptions:\n" + out;
}

}  // namespace

bool Report::passed() const { return std::ranges::all_of(expectations, &Finding::passed); }

void add(const Engine& engine, Report& report) {
  for (const RuleCount& count : engine.rule_counts()) {
    const auto known = std::ranges::find(report.rules, count.rule, &RuleCount::rule);
    if (known == report.rules.end()) {
      report.rules.push_back(count);
      continue;
    }
    known->matched += count.matched;
    known->made += count.made;
    known->left += count.left;
  }
  report.counters = sum(report.counters, engine.counters());
  report.tables = sum(report.tables, engine.tables());
}

void judge(const Policy& policy, Report& report) {
  const Evidences evidences{.late_syns = report.late_syns,
                            .exchanges = report.exchanges ? &*report.exchanges : nullptr,
                            .lab = report.lab.value_or(LabFacts{}),
                            .rules = &report.rules};
  const Witnesses witnesses{.lab = report.lab.has_value(),
                            .client_command = evidences.lab.client.command.has_value(),
                            .server_command = evidences.lab.server.command.has_value()};
  report.can_make_syns_late = can_make_syn_late(policy);
  for (const Expectation& expectation : policy.expectations) {
    const Expectation judged = told_by(witnesses, expectation).judged;
    if (!judged.asks_anything()) continue;
    report.expectations.push_back(judge(judged, evidences, report.ended));
  }
  report.not_judged = untold_by(witnesses, policy.expectations);
  if (!report.lab) return;
  for (Finding& finding : judge_endings(policy.expectations, *report.lab)) {
    report.expectations.push_back(std::move(finding));
  }
}

std::string to_text(const Report& report, std::size_t rows) {
  std::string out = table(report, rows) + rules_table(report, rows) + exceptions(report.counters);
  for (const Finding& finding : report.expectations) {
    out += fmt::format("{}  {}\n      found: {}\n", finding.passed ? "ok  " : "FAIL", finding.text,
                       finding.found);
  }
  for (const std::string& untold : report.not_judged) out += "--    not judged: " + untold + "\n";
  return out;
}

}  // namespace latesyn
