#include "proxy/lab/processor.hpp"

#include <sched.h>

#include "proxy/edge/system_error.hpp"

namespace latesyn {

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

}  // namespace latesyn
