// More than can be taken in, or told: what is left out is counted.

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/raw_host.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::string_view kDropSyns =
    "[[rule]]\nname = \"none\"\nwhen = { segment = \"syn\" }\ndo = \"drop\"\n";

void send_syns(const Router& router, unsigned count) {
  RawHost client(router.network().client());
  const IpAddress address = IpAddress::parse("10.1.0.2").value();
  for (unsigned i = 0; i < count; ++i) {
    client.send(build({.from = {address, static_cast<std::uint16_t>(1024 + i % 60'000)},
                       .to = router.server(),
                       .seq = Seq{i},
                       .ack = {},
                       .flags = {.syn = true}}));
  }
}

/// True where no thread of the process runs any more: a signal reaches one after the other.
bool is_stopped(pid_t process) {
  const std::filesystem::path threads = fmt::format("/proc/{}/task", process);
  return std::ranges::all_of(std::filesystem::directory_iterator(threads), [](const auto& thread) {
    std::ifstream file(thread.path() / "stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t name_end = text.rfind(')');
    return name_end != std::string::npos && text.substr(name_end, 3) == ") T";
  });
}

/// What all matches of `pattern`, which has one number in it, come to.
unsigned sum_of(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  unsigned sum = 0;
  for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end; ++i) {
    sum += static_cast<unsigned>(std::stoul((*i)[1]));
  }
  return sum;
}

TEST_CASE("Decisions beyond what can be read in a second are counted instead of told") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kDropSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  constexpr unsigned kSyns = 1000;
  send_syns(router, kSyns);
  const auto told = [&] { return count_of(program->said(), "dropped by \"none\""); };
  const auto left_out = [&] { return sum_of(program->said(), "and ([0-9]+) more in this second"); };
  CHECK(eventually([&] { return told() + left_out() == kSyns; }));
  CHECK(told() <= 100);
  CHECK(stop(router, *program)["counters"]["dropped"] == kSyns);
}

TEST_CASE("Packets that the kernel had no room for are counted") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kDropSyns)));
  // One queue, and one to say it: with several workers each has its own.
  const auto program = router.run({policy, "--json", router.path("report"), "--workers", "1"});
  constexpr unsigned kSyns = 70'000;  // the kernel's queue holds 65,536
  program->send(SIGSTOP);
  REQUIRE(eventually([&] { return is_stopped(program->pid()); }));
  send_syns(router, kSyns);
  program->send(SIGCONT);
  const auto report = stop(router, *program);
  const auto lost = report["lost"].get<unsigned>();
  CHECK(lost >= kSyns - 65'536);
  CHECK(report["counters"]["dropped"].get<unsigned>() + lost == kSyns);
  CHECK_THAT(program->said(), Catch::Matchers::Contains(std::to_string(lost) + " packets lost"));
}

TEST_CASE("Packets that can't be sent are counted, and the reason is said once") {
  const Router router;
  // Changed, so that it is not the kernel that sends them.
  const auto policy = router.write("p.toml", policy_text(R"(
[[rule]]
do = "rewrite"
ttl = 9

[[rule]]
name = "by hand"
when = { segment = "syn" }
do = "hold"
until = "released"
)"));
  // One queue, and one to say it: with several workers each has its own.
  const auto program = router.run({policy, "--json", router.path("report"), "--workers", "1"});
  send_syns(router, 3);
  CHECK(eventually([&] { return count_of(program->said(), "captured by") == 3; }));
  const Inside inside(router.network().router());
  CHECK(run_command({"ip", "route", "replace", "unreachable", "10.2.0.2/32"}).ok());
  program->send(SIGUSR1);
  CHECK(
      eventually([&] { return count_of(program->said(), "leaves changed for the server") == 6; }));
  CHECK(stop(router, *program)["unsent"] == 3);
  CHECK(count_of(program->said(), "could not send a packet of 40 bytes: No route to host") == 1);
  CHECK_THAT(program->said(), Catch::Matchers::Contains("3 packets could not be sent"));
}

TEST_CASE("Beyond the mark packets that wait are kept by copy, and all of them leave") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(R"(
[[rule]]
name = "late"
when = { segment = "syn" }
do = "hold"
until = "released"
)"));
  const auto program = router.run({policy, "--json", router.path("report"), "--workers", "1"});
  constexpr unsigned kSyns = 40'000, kMark = 32'768;
  send_syns(router, kSyns);
  const auto told = [&] {
    return count_of(program->said(), "captured by") +
           sum_of(program->said(), "and ([0-9]+) more in this second");
  };
  CHECK(eventually([&] { return told() == kSyns; }));
  program->send(SIGUSR1);
  CHECK(program->says("released by hand: 40000 of 40000 held"));
  const auto report = stop(router, *program);
  const auto& counters = report["counters"];
  CHECK(counters["captured"] == kSyns);
  CHECK(counters["parked"] == kMark);
  CHECK(counters["departed"] == kSyns);
  CHECK(report["held_at_end"] == 0);
  CHECK(report["queue_failures"] == 0);
}

}  // namespace
}  // namespace latesyn
