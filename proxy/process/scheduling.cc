#include "proxy/process/scheduling.hpp"

#include <sched.h>

#include "proxy/linux/promptness.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

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
  run_promptly();
}

BatchScheduling::BatchScheduling() {
  // A process that has once asked for SCHED_RESET_ON_FORK may not stop asking; what it starts is
  // SCHED_BATCH all the same. Where the kernel refuses, states are read a moment later.
  const sched_param parameters{};
  ::sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &parameters);
}

BatchScheduling::~BatchScheduling() { run_promptly(); }

}  // namespace latesyn
