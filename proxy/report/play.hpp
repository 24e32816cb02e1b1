#pragma once
// Plays a policy's example in virtual time: the lines that the ends send are given to the real
// engine, time jumps from wake-up to wake-up, and what comes of it is written down in the same
// form.

#include "proxy/engine/engine.hpp"

namespace latesyn {

struct Played {
  std::vector<FigureLine> lines;  // as it happened
  std::vector<LateSyn> late_syns;
  Counters counters;
  std::vector<RuleCount> rules;
  Time ended;
};

/// `policy.example` holds what the ends send (and what should come of it, which is not looked at).
Played play(const Policy& policy, std::uint64_t seed);

/// Two conversations side by side in words: empty where they are the same, else a line for each of
/// both, those that only `example` has marked "-", those that only `happened` has marked "+".
/// States do not count: without sockets there are none.
std::string difference(const std::vector<FigureLine>& example,
                       const std::vector<FigureLine>& happened);

/// The ends and the traffic of an example: fixed addresses that fit the policy's traffic.
struct ExampleEnds {
  Endpoint client, server;
};
ExampleEnds example_ends(const Traffic& traffic, Family family);

/// IPv4, unless the traffic names servers or clients and none of them is IPv4.
Family preferred_family(const Traffic& traffic);

}  // namespace latesyn
