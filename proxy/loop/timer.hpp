#pragma once
// One alarm at an absolute time, tens of microseconds late at most: a timerfd, because libuv's own
// timers count in milliseconds. The only clock of the proxy.

#include <functional>
#include <optional>

#include "proxy/linux/descriptor.hpp"
#include "proxy/loop/readable.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// CLOCK_MONOTONIC, counted from the moment that it was made.
class MonotonicClock {
 public:
  MonotonicClock();
  Time now() const;
  /// The kernel's reading of CLOCK_MONOTONIC at `time`.
  Duration reading(Time time) const { return zero_ + time.time_since_epoch(); }

 private:
  Duration zero_;
};

class Timer {
 public:
  /// Throws std::runtime_error.
  Timer(uv_loop_s* loop, const MonotonicClock& clock, std::function<void()> on_alarm);
  /// Rings at `time`, at once where that is past, and never without one. The last call holds.
  void set(std::optional<Time> time);

 private:
  const MonotonicClock& clock_;
  Descriptor fd_;
  std::optional<Time> armed_;
  Readable readable_;
};

}  // namespace latesyn
