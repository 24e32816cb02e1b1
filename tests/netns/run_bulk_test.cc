// What a run leaves alone: a bulk upload that no rule is about.

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/netns/bulk.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::uint64_t kGigabyte = 1'000'000'000;

TEST_CASE("With a policy without rules 1 GB arrives intact, and nothing is queued") {
  const Router router;
  const auto program =
      router.run({router.write("p.toml", policy_text("")), "--json", router.path("report")});
  CHECK(upload(router, Family::v4, kGigabyte) == kGigabyte);
  CHECK(upload(router, Family::v6, kGigabyte) == kGigabyte);
  CHECK(stop(router, *program)["counters"]["packets"] == 0);
}

TEST_CASE("With a rule about SYNs 1 GB arrives intact, and no data is queued") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto program =
      router.run({policy, "--json", router.path("report"), "--events", router.path("events")});
  CHECK(upload(router, Family::v4, kGigabyte) == kGigabyte);
  const auto report = stop(router, *program);
  CHECK(report["lost"] == 0);
  CHECK(report["counters"]["captured"] == 1);
  unsigned data = 0;
  for (const auto& event : router.read_events("events")) {
    if (event["event"] == "arrived" && event["segment"] == "data") ++data;
  }
  CHECK(data == 0);
}

TEST_CASE("While nothing is late, of 1 GB only SYN, SYN-ACK and FINs are queued") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(R"(
[[rule]]
when = { segment = "syn", connection = 99 }
do = "hold"
until = "closed"
)"));
  const auto program = router.run({policy, "--json", router.path("report")});
  CHECK(upload(router, Family::v4, kGigabyte) == kGigabyte);
  CHECK(stop(router, *program)["counters"]["packets"] == 4);
}

TEST_CASE("With a rule that captures all data 20 MB arrive intact") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(R"(
[[rule]]
name = "slow data"
when = { segment = "data" }
do = "delay"
by = "1ms"
)"));
  const auto program = router.run({policy, "--json", router.path("report")});
  const Family family = GENERATE(Family::v4, Family::v6);
  CHECK(upload(router, family, 20'000'000) == 20'000'000);
  const auto report = stop(router, *program);
  CHECK(report["unsent"] == 0);
  CHECK(report["counters"]["incomplete"] == 0);
  CHECK(report["counters"]["captured"] > 20'000'000 / 1500);
}

TEST_CASE("With a delay of all segments bundles wait in the kernel, and 200 MB arrive intact") {
  const Router router;
  const auto policy =
      router.write("p.toml", policy_text("[[rule]]\ndo = \"delay\"\nby = \"5ms\"\n"));
  const auto program = router.run({policy, "--json", router.path("report")});
  const auto start = std::chrono::steady_clock::now();
  CHECK(upload(router, Family::v4, 200'000'000) == 200'000'000);
  // A round trip of the handshake, and one way of the data.
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(15));
  const auto report = stop(router, *program);
  const auto& counters = report["counters"];
  CHECK(counters["captured"] == counters["packets"]);
  CHECK(counters["parked"] == counters["captured"]);
  // The last ACKs of the close may still wait when it is stopped.
  const std::uint64_t departed = counters["departed"], held = report["held_at_end"];
  CHECK(departed + held == counters["captured"]);
  CHECK(counters["packets"] < 200'000'000 / 1500);
  CHECK(report["queue_failures"] == 0);
}

}  // namespace
}  // namespace latesyn
