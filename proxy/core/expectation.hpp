#pragma once
// What a policy says must come of it, and whether it did.

#include <optional>
#include <string>
#include <vector>

#include "proxy/core/lab_expectation.hpp"
#include "proxy/core/late_syn.hpp"

namespace latesyn {

/// One [[expect]]. Everything that is set must hold, for every late SYN of the rule (or of all).
struct Expectation {
  std::string of;  // a rule's name; empty: all rules
  std::optional<Outcome> outcome;
  /// How many late SYNs there are. Without it: at least one.
  std::optional<std::uint32_t> count;
  std::optional<bool> reached_application;
  /// Bounds on how long the server held state.
  std::optional<Duration> server_state_min, server_state_max;
  /// Every conversation of the built-in client ended as it should, unharmed (lab only).
  bool intact = false;
  LabExpectation lab;

  bool asks_of_late_syns() const;
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

/// What expectations are judged by. Null where nothing of that kind ran: then an expectation of it
/// fails and says so.
struct Evidences {
  const std::vector<LateSyn>& late_syns;
  const Exchanges* exchanges = nullptr;  // of a built-in client
  const LabFacts* lab = nullptr;
};

Finding judge(const Expectation& expectation, const Evidences& evidences, Time now);

}  // namespace latesyn
