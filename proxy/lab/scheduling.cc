#include "proxy/lab/scheduling.hpp"

#include <sched.h>

#include "proxy/edge/system_error.hpp"

namespace latesyn {
namespace {

/// Without the right to do so all stays as it is: the states are then read a moment later, which
/// matters only on a busy machine.
void try_to_schedule(int policy, int priority) {
  const sched_param parameters{.sched_priority = priority};
  ::sched_setscheduler(0, policy, &parameters);
}

void stay_on_one_processor() {
  const int here = ::sched_getcpu();
  if (here < 0) throw system_error("learn the processor that the lab runs on");
  const auto number = static_cast<std::size_t>(here);
  cpu_set_t* one = CPU_ALLOC(number + 1);
  const std::size_t size = CPU_ALLOC_SIZE(number + 1);
  CPU_ZERO_S(size, one);
  CPU_SET_S(number, size, one);
  const int result = ::sched_setaffinity(0, size, one);
  CPU_FREE(one);
  if (result != 0) throw system_error("bind the lab to one processor");
}

}  // namespace

void schedule_lab() {
  stay_on_one_processor();
  try_to_schedule(SCHED_FIFO | SCHED_RESET_ON_FORK, ::sched_get_priority_min(SCHED_FIFO));
}

BatchScheduling::BatchScheduling() : policy_(::sched_getscheduler(0)), priority_(0) {
  sched_param parameters{};
  if (::sched_getparam(0, &parameters) == 0) priority_ = parameters.sched_priority;
  try_to_schedule(SCHED_BATCH, 0);
}

BatchScheduling::~BatchScheduling() { try_to_schedule(policy_, priority_); }

}  // namespace latesyn
