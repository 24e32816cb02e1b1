#pragma once
// Time is a value that the edge hands in. No function here can ask what time it is.

#include <algorithm>
#include <chrono>
#include <cmath>

namespace latesyn {

using Duration = std::chrono::nanoseconds;

/// Names the time line that all of the core lives on; it has no now() on purpose.
struct ProxyClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ProxyClock>;
  static constexpr bool is_steady = true;
};

/// A moment since the proxy (or the example) started.
using Time = ProxyClock::time_point;

/// The longest that anything waits. The proxy would have to run for 90 years before a moment that
/// lies so far ahead could no longer be told.
inline constexpr Duration kLongestWait = std::chrono::hours(200LL * 365 * 24);

/// A wait of `wait`, and of `more` behind it: kLongestWait at most. Neither is below zero, and
/// neither is longer than that.
constexpr Duration longer(Duration wait, Duration more) {
  return more < kLongestWait - wait ? wait + more : kLongestWait;
}

/// `wait` times `factor`, and no farther from zero than half of kLongestWait: two of them still add
/// up to a wait.
inline Duration scaled(Duration wait, double factor) {
  constexpr auto kMost = static_cast<double>((kLongestWait / 2).count());
  return Duration(
      std::llround(std::clamp(static_cast<double>(wait.count()) * factor, -kMost, kMost)));
}

/// Seconds as people write them; for output only, never for arithmetic.
constexpr double in_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
constexpr double in_seconds(Time t) { return in_seconds(t.time_since_epoch()); }

}  // namespace latesyn
