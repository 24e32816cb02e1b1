#pragma once
// What a policy says must come of it, and whether it did.

#include <optional>
#include <string>
#include <vector>

#include "proxy/policy/count_bound.hpp"
#include "proxy/policy/lab_expectation.hpp"
#include "proxy/policy/rule_book.hpp"
#include "proxy/tcp/late_syn.hpp"

namespace latesyn {

/// One [[expect]]. Everything that is set must hold, for every late SYN of the rule (or of all).
struct Expectation {
  std::string of;  // a rule's name; empty: all rules
  std::optional<Outcome> outcome;
  /// How many late SYNs there are. Without it: at least one.
  std::optional<std::uint32_t> count;
  std::optional<bool> reached_application;
  /// How many segments the rule matched, or all rules did.
  std::optional<CountBound> matched;
  /// Bounds on how long the server held state.
  std::optional<Duration> server_state_min, server_state_max;
  /// Every conversation of the lab's built-in client ended as it should, unharmed; where a command
  /// of the user's is the client, it ended with status 0.
  bool intact = false;
  LabExpectation lab;

  bool asks_of_late_syns() const;
  bool asks_anything() const { return asks_of_late_syns() || matched || intact || !lab.empty(); }
};

/// The conversations that the lab's built-in client had.
struct Exchanges {
  std::uint32_t count = 0, intact = 0;
  std::vector<double> connect_s;  // how long connect() took, one each
};

/// An expectation and what was found.
struct Finding {
  std::string text, found;
  bool passed = false;
  /// The same in few words and without times, for tables: equal where it passed.
  std::vector<std::string> wanted, got;
};

/// What expectations are judged by. What nobody can tell has been taken out of them
/// (witnesses.hpp).
struct Evidences {
  const std::vector<LateSyn>& late_syns;
  const Exchanges* exchanges = nullptr;  // of a built-in client; null where none ran
  LabFacts lab = {};                     // empty where no lab ran
  const std::vector<RuleCount>* rules = nullptr;
};

Finding judge(const Expectation& expectation, const Evidences& evidences, Time now);

}  // namespace latesyn
