// The main job inline: a late SYN's way through a router, and every form that the answer has.

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;

/// One conversation whose first SYN arrives after it; `latesyn run` watches it with these options.
void play_stale_syn(const Router& router, Family family, std::vector<std::string> options) {
  const Server server(router.network().server(), router.server(family), echo);
  // No TIME-WAIT at the client, as the shipped policy has it.
  set_sysctls(router.network().client(), {{"net.ipv4.tcp_max_tw_buckets", "0"}});
  options.insert(options.begin(), shipped("stale_syn.toml"));
  const auto program = router.run(options);
  CHECK(ask(router.network().client(), router.server(family), "hello") == "hello");
  CHECK(program->says("late SYN 1 (\"stuck\"): reset"));
  program->send(SIGINT);
  INFO(program->said() << program->printed());
  CHECK(program->wait() == 0);
}

void check_report(const nlohmann::json& report, const Endpoint& server) {
  CHECK(report["policy"] == shipped("stale_syn.toml"));
  CHECK(report["seed"] == 5);
  CHECK(report["passed"] == true);
  CHECK(report["evidence"] == "wire");
  CHECK(report["held_at_end"] == 0);
  CHECK(report["lost"] == 0);
  CHECK(report["unsent"] == 0);
  CHECK(report["queue_failures"] == 0);
  REQUIRE(report["late_syns"].size() == 1);
  const auto& late = report["late_syns"][0];
  CHECK(late["rule"] == "stuck");
  CHECK(late["outcome"] == "reset");
  CHECK(late["server"] == server.text());
  CHECK(late["reached_application"] == false);
  CHECK(late["held_s"].get<double>() == Approx(3.0).margin(0.3));
}

TEST_CASE("A SYN that arrives after its connection was released is reset, over IPv4") {
  const Router router;
  play_stale_syn(router, Family::v4, {"--seed", "5", "--json", router.path("report")});
  check_report(router.read_json("report"), router.server());
}

TEST_CASE("A SYN that arrives after its connection was released is reset, over IPv6") {
  const Router router;
  play_stale_syn(router, Family::v6, {"--seed", "5", "--json", router.path("report")});
  check_report(router.read_json("report"), router.server(Family::v6));
}

TEST_CASE("The event log has every decision in order, and tshark reads the capture") {
  const Router router;
  play_stale_syn(router, Family::v4,
                 {"--seed", "5", "--events", router.path("events"), "--pcap", router.path("pcap")});
  const auto events = router.read_events("events");
  CHECK(events.front()["event"] == "started");
  CHECK(events.front()["seed"] == 5);
  double last = 0;
  std::vector<std::string> syns;
  for (const auto& event : events) {
    CHECK(event["at"] >= last);
    last = event["at"];
    if (event.value("segment", "") == "syn") {
      syns.push_back(event["event"].get<std::string>() + " " +
                     event["incarnation"].get<std::string>());
    }
  }
  CHECK(syns == std::vector<std::string>{"arrived current", "arrived current", "departed stale"});

  const auto read = run_command({"tshark", "-n",
                                 "-r",     router.path("pcap"),
                                 "-Y",     "tcp.flags.syn==1",
                                 "-o",     "ip.check_checksum:TRUE",
                                 "-o",     "tcp.check_checksum:TRUE",
                                 "-T",     "fields",
                                 "-e",     "frame.interface_name",
                                 "-e",     "tcp.flags.ack",
                                 "-e",     "ip.ttl",
                                 "-e",     "ip.checksum.status",
                                 "-e",     "tcp.checksum.status",
                                 "-e",     "frame.comment",
                                 "-E",     "separator= "});
  CHECK(read.ok());
  CHECK_THAT(read.error, !Contains("tshark:"));
  std::istringstream lines(read.out);
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) {
    found.push_back(line.substr(0, line.find(" s after it came")).substr(0, 40));
  }
  INFO(read.out);
  REQUIRE(found.size() == 8);
  CHECK(found[0] == "client 0 64 1 1 captured by \"stuck\": it ");
  CHECK(found[1] == "client 0 64 1 1 passed");
  CHECK(found[2] == "server 0 63 1 1 passed");
  CHECK(found[3] == "server 1 64 1 1 passed");
  CHECK(found[4] == "client 1 63 1 1 passed");
  CHECK_THAT(found[5], Contains("server 0 63 1 1 leaves for the server"));
  CHECK(found[6] == "server 1 64 1 1 passed");
  CHECK(found[7] == "client 1 63 1 1 passed");
}

}  // namespace
}  // namespace latesyn
