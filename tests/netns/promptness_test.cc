#include "proxy/linux/promptness.hpp"

#include <sched.h>

#include <catch2/catch.hpp>
#include <thread>

namespace latesyn {

TEST_CASE("A thread goes ahead of others while it is in a hurry, and a moment longer") {
  const auto scheduling = [] { return ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; };
  const Time start{std::chrono::seconds(1)};
  const auto later = [start](int ms) { return start + std::chrono::milliseconds(ms); };
  std::vector<int> seen;
  std::thread thread([&] {
    Promptness promptness;
    const auto settle = [&](bool in_a_hurry, Time now) {
      promptness.settle(in_a_hurry, now);
      seen.push_back(scheduling());
    };
    settle(false, start);
    settle(true, start);
    settle(false, later(50));
    settle(true, later(90));
    settle(false, later(189));
    settle(false, later(190));
  });
  thread.join();
  CHECK(seen == std::vector<int>{SCHED_OTHER, SCHED_RR, SCHED_RR, SCHED_RR, SCHED_RR, SCHED_OTHER});
}

}  // namespace latesyn
