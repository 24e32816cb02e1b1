#include "proxy/process/command.hpp"

#include <catch2/catch.hpp>

namespace latesyn::test {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("A program gets its input and returns its output, however large") {
  const std::string text(1'000'000, 'x');
  const auto result = run_command({"cat"}, text);
  CHECK(result.ok());
  CHECK(result.out == text);
  CHECK(result.error.empty());
}

TEST_CASE("A program that fails says why on one line") {
  const auto result = run_command({"sh", "-c", "echo no >&2; echo way >&2; exit 3"});
  CHECK_FALSE(result.ok());
  CHECK(result.status == 3);
  CHECK(result.why() == "no way");
}

TEST_CASE("A program that fails in silence is known by its status") {
  CHECK(run_command({"false"}).why() == "it ended with status 1");
  CHECK(run_command({"sh", "-c", "kill -KILL $$"}).why() == "it ended with status 137");
}

TEST_CASE("A program that does not end is ended") {
  const auto result = run_command({"sleep", "1000"}, "", std::chrono::milliseconds(20));
  CHECK_FALSE(result.ok());
  CHECK(result.timed_out);
  CHECK(result.why() == "it did not end in time");
}

TEST_CASE("A program that is not there is named") {
  CHECK(find_program("no-such-program") == std::nullopt);
  CHECK_THROWS_WITH(run_command({"no-such-program"}),
                    "could not run no-such-program: No such file or directory");
}

TEST_CASE("Only the system's programs are found, whatever PATH says") {
  CHECK(find_program("iptables-restore") == "/usr/sbin/iptables-restore");
  CHECK(find_program("sh") == "/usr/bin/sh");
}

TEST_CASE("A program is told nothing of our environment") {
  ::setenv("LATESYN_TEST_SECRET", "x", 1);
  CHECK(run_command({"env"}).out == "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n");
  ::unsetenv("LATESYN_TEST_SECRET");
}

}  // namespace
}  // namespace latesyn::test
