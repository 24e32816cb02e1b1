#pragma once
// Whether the traffic passes through this machine at all.

#include "proxy/intercept/stand.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

/// Where all that comes to the stand is on its way to another host: logs a warning, with what mends
/// it, for each family of `traffic` where this host is one of the ends, or where its kernel
/// forwards nothing.
void warn_where_nothing_passes(const Traffic& traffic, const Stand& stand);

}  // namespace latesyn
