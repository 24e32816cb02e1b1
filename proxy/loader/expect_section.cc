#include <fmt/format.h>

#include <algorithm>

#include "proxy/intercept/plan.hpp"
#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kExpectationsMax = 1000;

std::string read_maker(const DocumentValue& value, const std::vector<Rule>& rules,
                       const std::vector<CaptureReplay>& replays) {
  if (rules.empty() && replays.empty()) value.fail("this policy has no rules; leave out \"of\"");
  std::vector<std::string_view> names;
  for (const Rule& rule : rules) names.push_back(rule.name);
  for (const CaptureReplay& replay : replays) names.push_back(replay.name);
  return std::string(names[value.choice(names)]);
}

/// What is asked of what a rule made is asked of one that can make it.
void check_maker(const DocumentValue& of, const Expectation& e, const std::vector<Rule>& rules) {
  const auto rule = std::ranges::find(rules, e.of, &Rule::name);
  if (rule == rules.end() && e.matched) {
    of.fail(
        fmt::format("\"{}\" is a [[replay]], which matches no segments; name a rule, or leave "
                    "out \"matched\"",
                    e.of));
  }
  const bool only_matched = e.matched && !e.asks_of_late_syns();
  if (rule == rules.end() || only_matched || can_make_syn_late(*rule)) return;
  of.fail(
      fmt::format("rule \"{}\" never makes a SYN late; name a rule that holds, delays or copies "
                  "SYNs",
                  e.of));
}

/// With a count of zero nothing is said of any late SYN.
bool needs_late_syns(const Expectation& e) { return e.asks_of_late_syns() && e.count != 0; }

void check(const Expectation& e, const std::vector<Rule>& rules,
           const std::vector<CaptureReplay>& replays, const DocumentTable& table) {
  if (!e.asks_anything()) {
    fail(table.place(),
         "this [[expect]] asks for nothing; write for example outcome = \"reset\" or count = 3");
  }
  if (e.server_state_min && e.server_state_max && *e.server_state_min > *e.server_state_max) {
    fail(table.place(), "\"server_state_min\" is above \"server_state_max\"; swap them");
  }
  if (needs_late_syns(e) && replays.empty() &&
      std::ranges::none_of(rules, [](const Rule& r) { return can_make_syn_late(r); })) {
    fail(
        table.place(),
        "no rule of this policy makes a SYN late; write count = 0, or a rule that holds, delays or "
        "copies SYNs");
  }
}

Expectation read_expectation(const DocumentValue& entry, const std::vector<Rule>& rules,
                             const std::vector<CaptureReplay>& replays) {
  DocumentTable table = entry.table("[[expect]]");
  Expectation e;
  const auto of = table.find("of");
  if (of) e.of = read_maker(*of, rules, replays);
  if (const auto value = table.find("outcome")) {
    e.outcome = static_cast<Outcome>(value->choice(kOutcomeNames));
  }
  if (const auto value = table.find("count")) e.count = value->number(0, kCountMax);
  if (const auto value = table.find("matched")) {
    e.matched = read_count_bound(*value, "how many segments: 3, or at least so many: \">= 3\"");
  }
  if (const auto value = table.find("reached_application")) e.reached_application = value->truth();
  if (const auto value = table.find("server_state_min")) e.server_state_min = value->duration();
  if (const auto value = table.find("server_state_max")) e.server_state_max = value->duration();
  if (const auto value = table.find("exchanges")) {
    constexpr std::array<std::string_view, 1> kExchanges{"intact"};
    e.intact = value->choice(kExchanges) == 0;
  }
  e.lab = read_lab_expectation(table);
  table.refuse_unread();
  if (of) check_maker(*of, e, rules);
  check(e, rules, replays, table);
  return e;
}

}  // namespace

std::vector<Expectation> read_expectations(const DocumentValue& section,
                                           const std::vector<Rule>& rules,
                                           const std::vector<CaptureReplay>& replays) {
  std::vector<Expectation> expectations;
  for (const DocumentValue& entry : section.list("[[expect]] tables", kExpectationsMax)) {
    expectations.push_back(read_expectation(entry, rules, replays));
  }
  return expectations;
}

}  // namespace latesyn
