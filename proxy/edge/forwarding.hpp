#pragma once
// Whether this machine passes packets on between other hosts at all.

#include "proxy/core/policy.hpp"

namespace latesyn {

/// Logs a warning, with the command that mends it, for each family of `traffic` that the kernel
/// does not forward.
void warn_where_not_forwarding(const Traffic& traffic);

}  // namespace latesyn
