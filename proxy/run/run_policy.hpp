#pragma once
// The policy of a run, as it starts and as it is reloaded.

#include <string>

#include "proxy/intercept/plan.hpp"
#include "proxy/policy/shared_policy.hpp"

namespace latesyn {

/// Reads a policy and refuses one that would take in the traffic of the whole machine, or that
/// asks for what can't be had at that hook. Throws PolicyError.
SharedPolicy load_for_run(const std::string& file, const Hook& hook);

}  // namespace latesyn
