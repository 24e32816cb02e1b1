#include "proxy/core/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/core/endings.hpp"
#include "proxy/core/witnesses.hpp"

namespace latesyn {
namespace {

std::string answer_text(const Answer& answer) {
  if (answer.times == 0) return "nothing";
  return answer.times == 1 ? answer.flags.text()
                           : fmt::format("{} x{}", answer.flags.text(), answer.times);
}

std::string state_text(const LateSyn& late, Time ended) {
  if (!late.state_from) return "no state";
  const double seconds = in_seconds(late.server_state(ended));
  return late.state_until ? fmt::format("{:.4f} s", seconds)
                          : fmt::format("{:.1f} s, still", seconds);
}

std::string row(const LateSyn& late, Time ended) {
  return fmt::format("{:>4}  {:<16.16} {:>5}  {:<28} {:>9.3f} s  {:<12} {:<12} {:<15} {:<11} {}\n",
                     late.id, late.rule, late.connection, late.flow.client.text(),
                     in_seconds(late.held()), answer_text(late.server_answer),
                     answer_text(late.client_answer), state_text(late, ended),
                     late.reached_application ? "accepted" : "nothing", name(late.outcome));
}

std::string table(const Report& report, std::size_t rows) {
  if (report.late_syns.empty()) return "No SYN came late.\n";
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

/// What the engine let through without a decision, or could not do; nothing where there was none.
std::string exceptions(const Counters& c) {
  std::string out;
  const auto add = [&out](std::uint64_t count, std::string_view what) {
    if (count != 0) out += fmt::format("  {:>8}  {}\n", count, what);
  };
  for (std::size_t i = 0; i < kDefects; ++i) {
    add(c.defects[i], fmt::format("passed unread: {}", name(static_cast<Defect>(i))));
  }
  add(c.other_traffic, "passed: not of the policy's traffic");
  add(c.flows_full, "passed: the flow table was full");
  add(c.waiting_full, "passed: too many packets wait already");
  add(c.copies_full, "passed: rules make more copies of it than [limits] allows");
  add(c.incomplete, "passed: a rule wanted bytes that were not copied");
  add(c.forged_unsent, "not sent: forged for a connection beyond the table's bound");
  for (std::size_t i = 0; i < kStripped.size(); ++i) {
    add(c.stripped[i], fmt::format("SYNs sent on without {}", kStripped[i].name));
  }
  add(c.scales_kept, "joined flows shifted here: a window scale must change");
  add(c.unspliced, "joined flows shifted here again: connection tracking forgot them");
  add(c.hops_exceeded, "not sent: no hop left");
  add(c.late_syns_unlisted, "late SYNs beyond the length of the list");
  return out.empty() ? out : "exceptions:\n" + out;
}

}  // namespace

bool Report::passed() const { return std::ranges::all_of(expectations, &Finding::passed); }

void add(const Engine& engine, Report& report) {
  auto& all = report.late_syns;
  const auto before = static_cast<std::ptrdiff_t>(all.size());
  all.insert(all.end(), engine.late_syns().begin(), engine.late_syns().end());
  std::ranges::inplace_merge(all, all.begin() + before, {}, &LateSyn::id);
  report.counters = sum(report.counters, engine.counters());
  report.tables = sum(report.tables, engine.tables());
}

void judge(const Policy& policy, Report& report) {
  const Evidences evidences{.late_syns = report.late_syns,
                            .exchanges = report.exchanges ? &*report.exchanges : nullptr,
                            .lab = report.lab.value_or(LabFacts{})};
  const Witnesses witnesses{.lab = report.lab.has_value(),
                            .client_command = evidences.lab.client.command.has_value(),
                            .server_command = evidences.lab.server.command.has_value()};
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
  std::string out = table(report, rows) + exceptions(report.counters);
  for (const Finding& finding : report.expectations) {
    out += fmt::format("{}  {}\n      found: {}\n", finding.passed ? "ok  " : "FAIL", finding.text,
                       finding.found);
  }
  for (const std::string& untold : report.not_judged) out += "--    not judged: " + untold + "\n";
  return out;
}

}  // namespace latesyn
