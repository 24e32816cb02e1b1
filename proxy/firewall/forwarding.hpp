#pragma once
// Whether the traffic passes through this machine at all.

#include "proxy/policy/policy.hpp"

namespace latesyn {

/// Logs a warning, with what mends it, for each family of `traffic` where this host is one of the
/// ends, or where its kernel forwards nothing.
void warn_where_nothing_passes(const Traffic& traffic);

}  // namespace latesyn
