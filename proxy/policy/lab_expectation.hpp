#pragma once
// What a policy expects of the two hosts in the lab: sockets' states, kernels' counters, what the
// application got. Elsewhere nobody can tell (witnesses.hpp).

#include <optional>

#include "proxy/policy/lab_facts.hpp"

namespace latesyn {

struct Finding;

/// How far a counter must have gone up: exactly so far, or at least.
struct CounterExpectation {
  std::string name;
  std::uint32_t value = 0;
  bool at_least = false;
};

/// A state at the end: of every connection, or of exactly so many.
struct FinalExpectation {
  SocketState state = SocketState::unknown;
  std::optional<std::uint32_t> connections;
};

struct EndExpectation {
  std::vector<FinalExpectation> final_states;
  std::vector<SocketState> reached, never;
  std::vector<CounterExpectation> counters;
  /// The exit status of the user's program there.
  std::optional<std::uint32_t> status;

  bool empty() const {
    return final_states.empty() && reached.empty() && never.empty() && counters.empty() && !status;
  }
};

struct LabExpectation {
  EndExpectation client, server;
  std::optional<std::uint32_t> accepted, served;
  bool example_seen = false;

  bool empty() const {
    return client.empty() && server.empty() && !accepted && !served && !example_seen;
  }
};

Finding judge(const LabExpectation& expectation, const LabFacts& facts);

}  // namespace latesyn
