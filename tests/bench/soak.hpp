#pragma once
// Half an hour of many connections through a mixed policy: what grows, and what is lost, shows.

#include <string>

#include "proxy/values/time.hpp"

namespace latesyn::bench {

struct SoakOptions {
  Duration duration = std::chrono::minutes(30);
  double per_second = 5000;  // new connections
};

/// Prints a line every tenth of the time, and at the end whether memory stayed flat and every
/// packet is accounted for. Returns the exit status: 0 where both held.
int soak(const SoakOptions& options);

}  // namespace latesyn::bench
