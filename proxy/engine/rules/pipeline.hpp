#pragma once
// The policy's rules as a pipeline: which of them match a segment, and what they make of it.

#include "proxy/engine/rules/rule_index.hpp"
#include "proxy/engine/rules/rule_memory.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/policy/policy.hpp"
#include "proxy/values/rng.hpp"

namespace latesyn {

/// A rule that matched, with the chance that is its own for this segment.
struct Matched {
  const Rule* rule;
  RuleNumber number;  // what it does is credited to
  std::size_t place;  // in the policy
  Rng rng;
};

/// A rule that matched, and that a departure which waits has yet to come to.
struct Pending {
  RuleNumber number;
  Rng rng;
};

/// In file order, up to a rule that is `last`. Chance depends on (seed, rule, connection, segment)
/// only: SEQ and ACK count from their ISNs, so that a run between kernels repeats too.
/// `index` is that of the policy's rules.
std::vector<Matched> matching_rules(const Policy& policy, const RuleIndex& index,
                                    const Sight& sight, std::uint64_t seed);

/// True where some of them let the packet leave later, again or changed, so that its bytes are
/// needed.
bool capture(const std::vector<Matched>& matched);

/// True where those only let it leave later, and the kernel can keep it as well as we.
bool only_wait(const std::vector<Matched>& matched);

/// True where a departure may wait ahead of a rule that remembers.
bool may_pause(const std::vector<Matched>& matched);

/// Whether what a departure of that segment waits for has happened to its connection before.
bool happened(Trigger trigger, const Connection& connection, const Segment& segment);

/// What the rules may know of a packet besides its departures.
struct Crossing {
  Time now;
  const Segment& segment;
  std::uint32_t wire_size = 0;  // of the packet that came in
  Flow& flow;
  RuleMemory& memory;
};

/// What became of a packet.
struct PipelineOutcome {
  Departures departures;
  /// The last of the departures wait ahead of a rule that remembers: it sees packets in the order
  /// in which they come to it. For each, that rule and those behind it.
  std::vector<std::vector<Pending>> pending;
  /// The rule that dropped the packet itself, or put another in its place.
  RuleNumber ended_by = kNoRule;
};

/// What leaves in the place of `departure`; without rules that is itself. Each is credited to the
/// rule that made it. A rule that can't remember one more flow leaves it alone. Copies of copies
/// multiply: with more than `most` of them it stops, and what it returns is more than `most` too.
PipelineOutcome apply_rules(std::vector<Matched>& matched, Departure departure,
                            const Crossing& crossing, std::size_t most);

}  // namespace latesyn
