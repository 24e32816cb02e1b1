// Several workers are one program: they decide as one does, all of them work, and what is done by
// hand is done to all.

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <set>

#include "proxy/intercept/worker_split.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/crowd.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

constexpr std::uint16_t kFirstPort = 40001, kForgedPort = 999;
constexpr unsigned kClients = 12;
/// Of every third client one, and the forged one.
constexpr std::size_t kLateSyns = kClients / 3 + 1;

constexpr std::string_view kRules = R"(
[[rule]]
name = "late"
when = { segment = "syn", every = 3 }
do = "replay"
after = "50ms"

[[rule]]
name = "sometimes slow"
when = { segment = "syn-ack", probability = 0.5 }
do = "delay"
by = "1ms"

[[rule]]
name = "on other ports"
when = { segment = "syn", connection = 1 }
do = "forge"
flags = "SYN"
from_port = 999
)";

/// A decision without its time and its numbers, which are random.
std::string text(const nlohmann::json& event) {
  std::string out;
  for (const char* key : {"client", "event", "connection", "from", "segment", "copy", "incarnation",
                          "fate", "rules", "departures", "to", "origin", "rule", "changed_by",
                          "trigger", "woken", "id", "outcome", "reached_application"}) {
    if (event.contains(key)) out += event[key].dump() + " ";
  }
  return out;
}

std::size_t resets(const Router& router) {
  std::set<unsigned> ids;
  for (const auto& event : router.read_events("events")) {
    if (event.value("outcome", "") == "reset") ids.insert(event["id"].get<unsigned>());
  }
  return ids.size();
}

/// What an end sends again, but for a SYN, it does by its own clock: on a busy machine, or not.
bool sent_again(const nlohmann::json& event) {
  return event.value("copy", 1) > 1 && event.value("segment", "") != "syn";
}

/// Who it is of: its client and its connection.
std::string owner(const nlohmann::json& event) {
  return event.contains("client")
             ? event["client"].dump() + std::to_string(event.value("connection", 0))
             : "";
}

using Decisions = std::multiset<std::string>;

/// The same clients, one after the other. What was decided about each, in no order: how the ends'
/// plain ACKs and the segments of the other end meet is theirs to choose.
Decisions decisions(unsigned workers) {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  set_sysctls(router.network().client(), {{"net.ipv4.tcp_max_tw_buckets", "0"}});
  const auto program =
      router.run({router.write("p.toml", policy_text(std::string(kRules))), "--seed", "7",
                  "--events", router.path("events"), "--workers", std::to_string(workers)});
  for (std::uint16_t i = 0; i < kClients; ++i) {
    const auto port = static_cast<std::uint16_t>(kFirstPort + i);
    CHECK(ask(router.network().client(), router.server(), "hello", port) == "hello");
  }
  CHECK(eventually([&] { return resets(router) == kLateSyns; }));
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  const auto events = router.read_events("events");
  std::set<std::string> closed_again;
  for (const auto& event : events) {
    const bool is_fin = event.value("segment", "") == "fin";
    if (is_fin && sent_again(event)) closed_again.insert(owner(event));
  }
  Decisions found;
  for (const auto& event : events) {
    const auto segment = event.value("segment", "");
    if (event["event"] == "started" || segment == "ack" || sent_again(event)) continue;
    // A client without TIME-WAIT refuses the FIN that comes again.
    const bool refuses = segment == "rst" && event.value("incarnation", "") == "current";
    if (refuses && closed_again.contains(owner(event))) continue;
    found.insert(text(event));
  }
  return found;
}

/// Those of the first that the second does not have.
std::vector<std::string> without(const Decisions& all, const Decisions& others) {
  std::vector<std::string> rest;
  std::ranges::set_difference(all, others, std::back_inserter(rest));
  return rest;
}

TEST_CASE("Two and four workers decide about the same clients as one does") {
  const auto at = [](std::uint16_t port) {
    return Endpoint{IpAddress::parse("10.1.0.2").value(), port};
  };
  const Endpoint server{IpAddress::parse("10.2.0.2").value(), 8080};
  const auto one = decisions(1);
  for (const unsigned workers : {2U, 4U}) {
    // What is forged because of the first client must be handed over.
    CHECK(worker_of(at(kFirstPort), server, workers) !=
          worker_of(at(kForgedPort), server, workers));
    const auto several = decisions(workers);
    CHECK(without(several, one) == std::vector<std::string>{});
    CHECK(without(one, several) == std::vector<std::string>{});
  }
}

TEST_CASE("Each of four workers has its share of the connections, and none is lost") {
  const test::Scratch folder;
  const std::string events = folder.path() / "events";
  Relaying relaying(mode_text(kShifted), {"--workers", "4", "--events", events});
  set_sysctls(relaying.network().server(), {{"net.core.somaxconn", "4096"}});
  constexpr unsigned kConnections = 400;
  const Crowd crowd = send_crowd(relaying.network(), relaying.router().server(Family::v6),
                                 kConnections, 50, std::chrono::milliseconds(900));
  CHECK(crowd.whole == kConnections);
  CHECK(crowd.late == 0);
  const auto report = relaying.stop();
  CHECK(report["lost"] == 0);
  CHECK(report["unsent"] == 0);
  CHECK(report["queue_failures"] == 0);
  CHECK(report["tables"]["open"] == 0);
  REQUIRE(report["workers"].size() == 4);
  unsigned all = 0;
  for (const auto& worker : report["workers"]) {
    const auto packets = worker["packets"].get<unsigned>();
    CHECK(packets > kConnections);
    all += packets;
  }
  CHECK(report["counters"]["packets"] == all);
  // Whole lines from all of them, and no number twice.
  std::set<unsigned> numbers;
  std::ifstream file(events);
  for (std::string line; std::getline(file, line);) {
    numbers.insert(nlohmann::json::parse(line).value("connection", 1U));
  }
  CHECK(numbers.size() == kConnections);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == kConnections);
}

constexpr std::string_view kHeld = R"(
[[rule]]
name = "by hand"
when = { segment = "syn" }
do = "hold"
until = "released"
)";

/// What clients hear who ask at the same time, from ports that belong to all of four workers.
struct Clients {
  std::array<std::string, 8> answers;
  std::vector<std::thread> threads;

  Clients(const Router& router, std::uint16_t first_port) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto port = static_cast<std::uint16_t>(first_port + i);
      threads.emplace_back([&router, this, i, port] {
        answers[i] = ask(router.network().client(), router.server(), "hello", port);
      });
    }
  }
  std::size_t answered() {
    for (std::thread& thread : threads) thread.join();
    return static_cast<std::size_t>(std::ranges::count(answers, "hello"));
  }
};

TEST_CASE("A release by hand and a reload reach every worker") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kHeld)));
  const auto program = router.run({policy, "--workers", "4"});
  CHECK_THAT(program->said(), Catch::Matchers::Contains("from queues 9293 to 9296; seed "));
  Clients held(router, kFirstPort);
  CHECK(eventually([&] { return count_of(program->said(), "captured by \"by hand\"") >= 8; }));
  program->send(SIGUSR1);
  CHECK(held.answered() == 8);
  router.write("p.toml", policy_text(hold_text("1s")));
  program->send(SIGHUP);
  CHECK(program->says("reloaded"));
  // Their first SYNs would still be held for good by a worker with the old policy.
  CHECK(Clients(router, kFirstPort + 8).answered() == 8);
}

}  // namespace
}  // namespace latesyn
