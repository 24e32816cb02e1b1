#include "proxy/loop/timer.hpp"

#include <sys/timerfd.h>

#include <algorithm>
#include <ctime>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

Duration monotonic() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

itimerspec alarm_at(Duration reading) {
  // A zero would disarm it.
  const Duration at = std::max(reading, Duration(1));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at);
  return {.it_interval = {}, .it_value = {seconds.count(), (at - seconds).count()}};
}

int open_timer() {
  const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw system_error("make a timer");
  return fd;
}

}  // namespace

MonotonicClock::MonotonicClock() : zero_(monotonic()) {}

Time MonotonicClock::now() const { return Time(monotonic() - zero_); }

Timer::Timer(uv_loop_s* loop, const MonotonicClock& clock, std::function<void()> on_alarm)
    : clock_(clock), fd_(open_timer()), readable_(loop, fd_.get(), [this, call = on_alarm] {
        std::uint64_t times = 0;
        // Nothing to read: it was set anew in the same turn.
        if (::read(fd_.get(), &times, sizeof times) != sizeof times) return;
        armed_.reset();
        call();
      }) {}

void Timer::set(std::optional<Time> time) {
  if (time == armed_) return;
  armed_ = time;
  const itimerspec alarm = time ? alarm_at(clock_.reading(*time)) : itimerspec{};
  ::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &alarm, nullptr);
}

}  // namespace latesyn
