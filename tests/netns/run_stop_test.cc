// How a run ends, and what is left of it.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/firewall/firewall_lock.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;

constexpr std::string_view kHeldForever = R"(
[[rule]]
name = "for good"
when = { segment = "syn" }
do = "hold"
until = "released"
)";

bool hosts_talk(const Router& router, Family family = Family::v4) {
  return ask(router.network().client(), router.server(family), "hello") == "hello";
}

/// Killed without any chance to clean up.
void run_and_kill(const Router& router, const std::string& policy) {
  const auto program = router.run({policy});
  program->send(SIGKILL);
  REQUIRE(program->wait() == 128 + SIGKILL);
}

TEST_CASE("Ctrl-C takes every rule out, and the report is printed") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto program = router.run({policy});
  CHECK(router.chains() == std::vector<std::string>{"LATESYN-9293", "LATESYN-9293"});
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  CHECK(router.chains().empty());
  CHECK(program->printed() ==
        "Not one segment of the policy's traffic was seen: look at the addresses and ports in "
        "[traffic].\n"
        "rules:\n    matched       made  let leave\n"
        "          0          0          0  \"stuck\", which never matched\n");
}

TEST_CASE("An expectation that fails is the exit status, and stands in the report") {
  const Router router;
  const auto policy = router.write(
      "p.toml", policy_text(hold_text("1s") + "[[expect]]\nof = \"stuck\"\ncount = 1\n"));
  const auto program = router.run({policy, "--json", router.path("report")});
  program->send(SIGTERM);
  CHECK(program->wait() == 1);
  CHECK_THAT(program->printed(), Contains("FAIL  exactly 1 late"));
  CHECK(router.read_json("report")["passed"] == false);
}

TEST_CASE("A run ends by itself when its duration is over") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto program = router.run({policy, "--duration", "100ms"});
  CHECK(program->wait() == 0);
  CHECK(router.chains().empty());
}

TEST_CASE("What is still held at the end is said, counted and not sent") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kHeldForever)));
  const auto program =
      router.run({policy, "--json", router.path("report"), "--events", router.path("events")});
  std::thread client([&] { ask(router.network().client(), router.server(), "hello"); });
  CHECK(program->says("captured by \"for good\""));
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  client.join();
  const auto report = router.read_json("report");
  const auto held = report["held_at_end"].get<unsigned>();
  CHECK(held >= 1);
  CHECK(report["counters"]["captured"] == held);
  CHECK(report["counters"]["departed"] == 0);
  CHECK_THAT(program->said(), Contains(std::to_string(held) + " still held are not sent"));
}

TEST_CASE("After SIGKILL the hosts still talk, and clean leaves no rule") {
  const Router router;
  const Server v4(router.network().server(), router.server(), echo);
  const Server v6(router.network().server(), router.server(Family::v6), echo);
  run_and_kill(router, router.write("p.toml", policy_text(std::string(kHeldForever))));
  CHECK(router.chains().size() == 2);
  CHECK(hosts_talk(router));
  CHECK(hosts_talk(router, Family::v6));
  const auto clean = router.start({"clean"});
  CHECK(clean->wait() == 0);
  CHECK(clean->printed() == "IPv4 chain LATESYN-9293 removed\nIPv6 chain LATESYN-9293 removed\n");
  CHECK(router.chains().empty());
}

TEST_CASE("A start removes what a killed run left, also that of another queue") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  run_and_kill(router, policy);
  const auto program = router.run({policy, "--queue", "7"});
  CHECK_THAT(program->said(),
             Contains("removed the IPv4 chain LATESYN-9293, which a killed latesyn had left"));
  CHECK(router.chains() == std::vector<std::string>{"LATESYN-7", "LATESYN-7"});
}

TEST_CASE("A change of the rules that a killed run has begun is waited for") {
  const Router router;
  const Inside inside(router.network().router());
  std::unique_ptr<RunningProgram> clean;
  {
    const FirewallLock held_by_its_iptables;
    // It must not inherit the lock.
    clean = router.start({"clean"}, {.before_start = [] { ::close_range(3, ~0U, 0); }});
    CHECK(clean->wait(std::chrono::milliseconds(300)) == -1);
    CHECK(run_command({"iptables", "-t", "raw", "-N", "LATESYN-9293"}).ok());
  }
  CHECK(clean->wait() == 0);
  CHECK(clean->printed() == "IPv4 chain LATESYN-9293 removed\n");
}

TEST_CASE("The rules of a run that is alive stay when another one cleans") {
  const Router router;
  const auto program = router.run({router.write("p.toml", policy_text(hold_text("1s")))});
  const auto clean = router.start({"clean"});
  CHECK(clean->wait() == 0);
  CHECK_THAT(clean->printed(),
             Contains("IPv4 chain LATESYN-9293 stays: its queue is bound by port id"));
  CHECK(router.chains().size() == 2);
}

TEST_CASE("Where nothing is left, clean says so") {
  const Router router;
  const auto clean = router.start({"clean"});
  CHECK(clean->wait() == 0);
  CHECK(clean->printed() == "nothing to clean\n");
}

}  // namespace
}  // namespace latesyn
