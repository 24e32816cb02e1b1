// What the other tests start programs with.

#include "tests/netns/running_program.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

namespace latesyn {

TEST_CASE("A program starts while other threads allocate") {
  std::atomic<bool> done = false;
  std::vector<std::thread> allocating;
  for (int i = 0; i < 3; ++i) {
    allocating.emplace_back([&done] {
      while (!done) const std::vector<std::string> some(1000, std::string(24, 'x'));
    });
  }
  int started = 0;
  for (; started < 200; ++started) {
    RunningProgram program(Namespace::current(), {}, {.program = "/bin/true"});
    if (program.wait() != 0) break;
  }
  done = true;
  for (std::thread& thread : allocating) thread.join();
  CHECK(started == 200);
}

}  // namespace latesyn
