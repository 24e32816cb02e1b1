#pragma once
// Which rules made a departure leave as it does. The pipeline fills it in, from what an impairment
// was given and what came of it: impairments know nothing of it.

#include <cstdint>
#include <limits>
#include <vector>

#include "proxy/values/time.hpp"

namespace latesyn {

/// A rule: its place in its policy, or in the engine the number of its name (rule_book.hpp).
using RuleNumber = std::uint32_t;
inline constexpr RuleNumber kNoRule = std::numeric_limits<RuleNumber>::max();

/// By what a departure differs from the packet that arrived, in the order of what counts more.
enum class Making : std::uint8_t {
  none,     // at once, as it came, or with other bytes
  delayed,  // it leaves later
  held,     // it waits for a trigger
  created,  // there is one more of it, or it is a packet of ours
};

struct Credit {
  /// The rule that made it a packet of ours or a copy, or else that lets it wait longest: for a
  /// trigger, or by the clock. kNoRule where it leaves at once.
  RuleNumber made_by = kNoRule;
  Making making = Making::none;
  Duration wait{};  // what that rule adds
  /// Those that changed its bytes or its time besides, in file order.
  std::vector<RuleNumber> changed_by;
};

}  // namespace latesyn
