#include "proxy/linux/promptness.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace latesyn {
namespace {

/// The kernel's struct sched_attr, which Debian 12's C library does not declare.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 1;  // SCHED_FLAG_RESET_ON_FORK
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};

/// The lowest there is, ahead of everybody who has none.
constexpr std::uint32_t kPriority = 1;

/// Hurries come and go with each connection; to change the scheduling costs a system call.
constexpr Duration kLinger = std::chrono::milliseconds(100);

bool set(const Attributes& attributes) {
  return ::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

}  // namespace

void run_promptly() {
  Attributes first_in_line;
  first_in_line.policy = SCHED_RR;
  first_in_line.priority = kPriority;
  if (!set(first_in_line)) run_in_short_turns();
}

void allow_running_promptly() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_RTPRIO, &limit) != 0) return;
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, kPriority);
  limit.rlim_max = std::max(limit.rlim_max, limit.rlim_cur);
  ::setrlimit(RLIMIT_RTPRIO, &limit);  // where it is refused, run_promptly() will be, too
}

void run_in_short_turns() {
  Attributes short_turns;  // before Linux 6.12 turns like everybody's
  short_turns.runtime_ns = 100'000;
  set(short_turns);
}

void Promptness::settle(bool in_a_hurry, Time now) {
  if (in_a_hurry) was_in_a_hurry_ = now;
  const bool ahead = in_a_hurry || (is_ahead_ && now - was_in_a_hurry_ < kLinger);
  if (ahead == is_ahead_) return;
  is_ahead_ = ahead;
  ahead ? run_promptly() : run_in_short_turns();
}

}  // namespace latesyn
