#include "proxy/policy/lab_expectation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "proxy/policy/expectation.hpp"

namespace latesyn {
namespace {

/// Adds up one expectation after the other.
class LabJudge {
 public:
  void judge(std::string_view host, const EndExpectation& e, const EndFacts& facts) {
    for (const FinalExpectation& f : e.final_states) judge_final(host, f, facts);
    for (const SocketState state : e.reached) {
      add(fmt::format("the {} is in {} at some time", host, name(state)),
          facts.reached.contains(state), fmt::format("{} saw {}", host, states(facts.reached)));
      brief(fmt::format("{} saw {}", host, name(state)), facts.reached.contains(state));
    }
    for (const SocketState state : e.never) {
      add(fmt::format("the {} is never in {}", host, name(state)), !facts.reached.contains(state),
          fmt::format("{} saw {}", host, states(facts.reached)));
      brief(fmt::format("{} never {}", host, name(state)), !facts.reached.contains(state));
    }
    for (const CounterExpectation& c : e.counters) judge_counter(host, c, facts);
    if (e.status) judge_status(host, static_cast<int>(*e.status), facts.command);
  }

  void judge_count(std::string_view what, std::string_view in_brief,
                   std::optional<std::uint32_t> wanted, std::uint64_t is) {
    if (!wanted) return;
    add(fmt::format("{} {}", what, *wanted), is == *wanted, fmt::format("{} {}", what, is));
    wanted_.push_back(fmt::format("{} {}", *wanted, in_brief));
    got_.push_back(fmt::format("{} {}", is, in_brief));
  }

  void judge_example(bool wanted, std::size_t matched, std::size_t lines) {
    if (!wanted) return;
    add("the whole example is seen", lines != 0 && matched == lines,
        fmt::format("{} of {} lines of the example", matched, lines));
    wanted_.push_back(fmt::format("{} lines", lines));
    got_.push_back(fmt::format("{} lines", matched));
  }

  Finding finding() && {
    return {.text = fmt::format("{}", fmt::join(texts_, ", and ")),
            .found = fmt::format("{}", fmt::join(found_, "; ")),
            .passed = passed_,
            .wanted = wanted_,
            .got = got_};
  }

 private:
  static std::string states(const std::set<SocketState>& all) {
    std::vector<std::string_view> names;
    for (const SocketState state : all) names.push_back(name(state));
    return names.empty() ? "no state" : fmt::format("{}", fmt::join(names, ", "));
  }

  void brief(const std::string& text, bool holds) {
    wanted_.push_back(text);
    got_.push_back(holds ? text : "not " + text);
  }

  void add(std::string text, bool holds, std::string found) {
    texts_.push_back(std::move(text));
    if (std::ranges::find(found_, found) == found_.end()) found_.push_back(std::move(found));
    passed_ = passed_ && holds;
  }

  void judge_final(std::string_view host, const FinalExpectation& f, const EndFacts& facts) {
    const auto there = std::ranges::count(facts.final_states, f.state);
    const std::size_t all = facts.final_states.size();
    const std::string found =
        fmt::format("{} at the end: {}", host, fmt::join(counted(facts.final_states), ", "));
    const bool counted = f.connections.has_value();
    wanted_.push_back(counted ? fmt::format("{} {} {}", host, *f.connections, name(f.state))
                              : fmt::format("{} {}", host, name(f.state)));
    got_.push_back(counted ? fmt::format("{} {} {}", host, there, name(f.state))
                           : fmt::format("{} {}", host, briefly(facts.final_states)));
    if (counted) {
      return add(
          fmt::format("{} of the {}'s connections end in {}", *f.connections, host, name(f.state)),
          there == static_cast<std::ptrdiff_t>(*f.connections), found);
    }
    add(fmt::format("the {} ends in {}", host, name(f.state)),
        all != 0 && there == static_cast<std::ptrdiff_t>(all), found);
  }
  /// One state where all are the same.
  static std::string briefly(const std::vector<SocketState>& all) {
    const bool same = !all.empty() && std::ranges::count(all, all[0]) == std::ssize(all);
    return same ? std::string(name(all[0])) : fmt::format("{}", fmt::join(counted(all), " "));
  }
  static std::vector<std::string> counted(const std::vector<SocketState>& all) {
    std::map<SocketState, std::size_t> counts;
    for (const SocketState state : all) ++counts[state];
    std::vector<std::string> out;
    for (const auto& [state, count] : counts) {
      out.push_back(count == 1 ? std::string(name(state))
                               : fmt::format("{} {}", count, name(state)));
    }
    return out;
  }

  void judge_status(std::string_view host, int wanted, const std::optional<CommandEnd>& command) {
    const CommandEnd end = command.value_or(CommandEnd{});
    add(fmt::format("the {}'s command ends with status {}", host, wanted), end.status == wanted,
        fmt::format("{}: {}", host, text(end)));
    wanted_.push_back(brief_text(host, {.status = wanted}));
    got_.push_back(brief_text(host, end));
  }

  void judge_counter(std::string_view host, const CounterExpectation& c, const EndFacts& facts) {
    const auto at = facts.counters.find(c.name);
    const bool known = at != facts.counters.end();
    const std::int64_t is = known ? at->second : 0;
    const bool holds = known && (c.at_least ? is >= c.value : is == c.value);
    wanted_.push_back(fmt::format("{} {}{}", c.name, c.at_least ? ">=" : "", c.value));
    // A number that may differ from run to run is not for a table.
    got_.push_back(holds ? wanted_.back() : fmt::format("{} {}", c.name, is));
    add(fmt::format("the {}'s {} goes up by {}{}", host, c.name, c.value,
                    c.at_least ? " or more" : ""),
        holds,
        known ? fmt::format("{}'s {} +{}", host, c.name, is)
              : fmt::format("the {}'s kernel has no counter {}", host, c.name));
  }

  std::vector<std::string> texts_, found_, wanted_, got_;
  bool passed_ = true;
};

}  // namespace

Finding judge(const LabExpectation& e, const LabFacts& f) {
  LabJudge judge;
  judge.judge_example(e.example_seen, f.example_matched, f.example_lines);
  judge.judge("client", e.client, f.client);
  judge.judge("server", e.server, f.server);
  judge.judge_count("connections that the application is given:", "accepted", e.accepted,
                    f.accepted);
  judge.judge_count("requests that the application gets:", "served", e.served, f.served);
  return std::move(judge).finding();
}

}  // namespace latesyn
