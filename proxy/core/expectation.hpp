#pragma once
// What a policy says must come of it, and whether it did.

#include <optional>
#include <string>
#include <vector>

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
};

/// `exchanges` is null where no built-in client ran; then an expectation of intact exchanges fails
/// and says so.
Finding judge(const Expectation& expectation, const std::vector<LateSyn>& late_syns,
              const Exchanges* exchanges, Time now);

}  // namespace latesyn
