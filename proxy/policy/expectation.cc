#include "proxy/policy/expectation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

std::string text_of(const Expectation& e) {
  std::vector<std::string> parts;
  if (e.outcome) parts.push_back(fmt::format("end in {}", name(*e.outcome)));
  if (e.reached_application) {
    parts.push_back(*e.reached_application ? "reach the application" : "reach no application");
  }
  if (e.server_state_min) {
    parts.push_back("cost the server state for " + to_text(*e.server_state_min) + " or more");
  }
  if (e.server_state_max) {
    parts.push_back("cost the server state for " + to_text(*e.server_state_max) + " or less");
  }
  const std::string of = e.of.empty() ? "" : fmt::format(" of \"{}\"", e.of);
  std::string text;
  if (e.count) {
    text = fmt::format("exactly {} late SYN{}{}", *e.count, *e.count == 1 ? "" : "s", of);
  }
  if (!parts.empty()) {
    text += e.count ? ", and all " : fmt::format("all late SYNs{}, at least one, ", of);
    text += fmt::format("{}", fmt::join(parts, " and "));
  }
  return text;
}

bool holds_for(const Expectation& e, const LateSyn& late, Time now) {
  const Duration state = late.server_state(now);
  return (!e.outcome || late.outcome == *e.outcome) &&
         (!e.reached_application || late.reached_application == *e.reached_application) &&
         (!e.server_state_min || state >= *e.server_state_min) &&
         (!e.server_state_max || state <= *e.server_state_max);
}

using Outcomes = std::map<std::string_view, std::size_t>;

Outcomes outcomes_of(const std::vector<const LateSyn*>& late) {
  Outcomes outcomes;
  for (const LateSyn* l : late) ++outcomes[name(l->outcome)];
  return outcomes;
}

std::vector<std::string> to_texts(const Outcomes& outcomes) {
  std::vector<std::string> texts;
  for (const auto& [outcome, times] : outcomes) {
    texts.push_back(fmt::format("{} {}", times, outcome));
  }
  return texts;
}

/// "3 late SYNs (2 reset, 1 ghost), state held for 1.2 ms to 3 s, …"
std::string found_text(const std::vector<const LateSyn*>& late, Time now) {
  if (late.empty()) return "no late SYN";
  Duration shortest = Duration::max(), longest{};
  std::size_t reached = 0;
  for (const LateSyn* l : late) {
    shortest = std::min(shortest, l->server_state(now));
    longest = std::max(longest, l->server_state(now));
    reached += l->reached_application ? 1U : 0U;
  }
  const std::string held = shortest == longest
                               ? rounded_text(longest)
                               : rounded_text(shortest) + " to " + rounded_text(longest);
  return fmt::format("{} late SYN{} ({}), state held for {}, {} reached an application",
                     late.size(), late.size() == 1 ? "" : "s",
                     fmt::join(to_texts(outcomes_of(late)), ", "), held,
                     reached == 0 ? "none" : std::to_string(reached));
}

/// Adds another finding of the same [[expect]].
void add(Finding& all, const Finding& one) {
  all.text += (all.text.empty() ? "" : ", and ") + one.text;
  all.found += (all.found.empty() ? "" : "; ") + one.found;
  all.passed = all.passed && one.passed;
  all.wanted.insert(all.wanted.end(), one.wanted.begin(), one.wanted.end());
  all.got.insert(all.got.end(), one.got.begin(), one.got.end());
}

/// "3 reset", "reset 2 ghost 1": in few words.
std::string brief_of(const Outcomes& outcomes, bool counted) {
  if (outcomes.empty()) return "no late SYN";
  if (outcomes.size() == 1 && !counted) return std::string(outcomes.begin()->first);
  return fmt::format("{}", fmt::join(to_texts(outcomes), " "));
}

void add_brief(const Expectation& e, const std::vector<const LateSyn*>& late, Finding& finding) {
  const bool counted = e.count.value_or(1) != 1;
  const std::string got = brief_of(outcomes_of(late), counted);
  if (e.outcome && e.count != 0U) {
    finding.wanted.push_back(counted ? fmt::format("{} {}", *e.count, name(*e.outcome))
                                     : std::string(name(*e.outcome)));
    finding.got.push_back(got);
  } else if (e.count) {
    const auto count = [](std::size_t n) {
      return n == 0 ? "no late SYN" : fmt::format("{} late SYN{}", n, n == 1 ? "" : "s");
    };
    finding.wanted.push_back(count(*e.count));
    finding.got.push_back(count(late.size()));
  }
  if (e.reached_application || e.server_state_min || e.server_state_max) {
    finding.wanted.emplace_back("state as bounded");
    finding.got.emplace_back(finding.passed ? "state as bounded" : "state otherwise");
  }
}

Finding judge_late(const Expectation& e, const std::vector<LateSyn>& late_syns, Time now) {
  std::vector<const LateSyn*> late;
  for (const LateSyn& l : late_syns) {
    if (e.of.empty() || l.rule == e.of) late.push_back(&l);
  }
  Finding finding;
  finding.text = text_of(e);
  finding.found = found_text(late, now);
  finding.passed =
      (e.count ? late.size() == *e.count : !late.empty()) &&
      std::ranges::all_of(late, [&](const LateSyn* l) { return holds_for(e, *l, now); });
  add_brief(e, late, finding);
  return finding;
}

/// A command of the user's tells by its exit status how its exchanges went.
Finding judge_exchanges(const Exchanges* exchanges, const std::optional<CommandEnd>& command) {
  Finding finding{.text = "all exchanges are intact",
                  .found = "no client ran",
                  .wanted = {"all intact"},
                  .got = {"not all intact"}};
  if (command) {
    finding.found = "client: " + text(*command);
    finding.passed = command->succeeded();
  } else if (exchanges != nullptr) {
    finding.found = fmt::format("{} of {} exchanges intact", exchanges->intact, exchanges->count);
    finding.passed = exchanges->count > 0 && exchanges->intact == exchanges->count;
  }
  if (finding.passed) finding.got = finding.wanted;
  return finding;
}

Finding judge_matched(const Expectation& e, const CountBound& bound,
                      const std::vector<RuleCount>* rules) {
  std::uint64_t matched = 0;
  for (const RuleCount& count : rules == nullptr ? std::vector<RuleCount>() : *rules) {
    if (e.of.empty() || count.rule == e.of) matched += count.matched;
  }
  const std::string who = e.of.empty() ? "the rules match" : fmt::format("\"{}\" matches", e.of);
  const auto segments = [](std::uint64_t n) {
    return fmt::format("{} segment{}", n, n == 1 ? "" : "s");
  };
  const bool passed = bound.holds(matched);
  const std::string wanted = fmt::format("{} matched", bound.at_least ? "enough" : "as many");
  return {.text = fmt::format("{} {}{}", who, bound.at_least ? "" : "exactly ",
                              segments(bound.value) + (bound.at_least ? " or more" : "")),
          .found = segments(matched) + " matched",
          .passed = passed,
          .wanted = {wanted},
          .got = {passed ? wanted : segments(matched) + " matched"}};
}

}  // namespace

bool Expectation::asks_of_late_syns() const {
  return outcome || count || reached_application || server_state_min || server_state_max;
}

Finding judge(const Expectation& e, const Evidences& evidences, Time now) {
  Finding finding{.passed = true};
  if (e.asks_of_late_syns()) add(finding, judge_late(e, evidences.late_syns, now));
  if (e.matched) add(finding, judge_matched(e, *e.matched, evidences.rules));
  if (e.intact) add(finding, judge_exchanges(evidences.exchanges, evidences.lab.client.command));
  if (!e.lab.empty()) add(finding, judge(e.lab, evidences.lab));
  return finding;
}

}  // namespace latesyn
