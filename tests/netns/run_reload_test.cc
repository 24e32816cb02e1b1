// What can be changed while a run goes on: its policy, and what waits to be released by hand.

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;

constexpr std::string_view kDropFirstSyns = R"(
[[rule]]
name = "closed"
when = { segment = "syn", copy = 1 }
do = "drop"
)";
constexpr std::string_view kSlowData = R"(
[[rule]]
name = "slow data"
when = { segment = "data" }
do = "delay"
by = "2ms"
)";

std::string ask_once(const Router& router) {
  return ask(router.network().client(), router.server(), "hello");
}

TEST_CASE("A policy that can't be read leaves the old one running") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kDropFirstSyns)));
  const auto program = router.run({policy});
  router.write("p.toml", policy_text("[[rule]]\ndo = \"nothing known\"\n"));
  program->send(SIGHUP);
  CHECK(program->says("error: the policy stays as it was: "));
  CHECK_THAT(program->said(), Contains("p.toml:") && Contains("nothing known"));
  CHECK(ask_once(router) == "hello");
  CHECK(program->says("dropped by \"closed\""));
}

TEST_CASE("A policy without traffic leaves the old one running") {
  const Router router;
  const auto program =
      router.run({router.write("p.toml", policy_text(std::string(kDropFirstSyns)))});
  router.write("p.toml", "about = \"A test.\"\n" + std::string(kDropFirstSyns));
  program->send(SIGHUP);
  CHECK(program->says("error: the policy stays as it was: "));
  CHECK_THAT(program->said(), Contains("[traffic] is empty"));
}

TEST_CASE("A reload changes the rules, the intake and the queue, and hosts go on talking") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowData)));
  const auto program = router.run({policy});
  CHECK_THAT(program->said(), Contains("taking all segments"));
  std::atomic<bool> stop = false;
  std::atomic<int> asked = 0, answered = 0;
  std::thread client([&] {
    while (!stop) {
      ++asked;
      if (ask_once(router) == "hello") ++answered;
    }
  });
  const std::string reloaded = "reloaded " + policy + ": taking ";
  for (const auto& [rules, taken] :
       {std::pair{hold_text("1s"), "SYN, FIN and RST, and plain ACKs while something is late"},
        std::pair{std::string(), "nothing"}, std::pair{std::string(kSlowData), "all segments"}}) {
    router.write("p.toml", policy_text(rules));
    program->send(SIGHUP);
    CHECK(program->says(reloaded + taken));
  }
  stop = true;
  client.join();
  CHECK(asked > 0);
  CHECK(answered == asked);
  CHECK(router.chains().size() == 2);
}

TEST_CASE("A reload to other traffic moves the rules to its families") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kDropFirstSyns)));
  const auto program = router.run({policy});
  CHECK(router.chains().size() == 2);
  router.write("p.toml", "about = \"A test.\"\n[traffic]\nservers = [\"[fd00:2::2]:8080\"]\n" +
                             std::string(kDropFirstSyns));
  program->send(SIGHUP);
  CHECK(program->says("and [fd00:2::2]:8080 from queue"));
  CHECK(router.chains() == std::vector<std::string>{"LATESYN-9293"});
}

TEST_CASE("What waits in the kernel outlives a reload, and leaves as it was planned") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kByHand)));
  const auto program = router.run({policy, "--json", router.path("report")});
  std::string answer;
  std::thread client([&] { answer = ask_once(router); });
  CHECK(program->says("captured by \"by hand\""));
  router.write("p.toml", policy_text("[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"drop\"\n"));
  program->send(SIGHUP);
  CHECK(program->says("reloaded"));
  program->send(SIGUSR1);
  CHECK(program->says("leaves for the server"));
  client.join();
  CHECK(answer == "hello");
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  const auto counters = router.read_json("report")["counters"];
  CHECK(counters["parked"] == 1);
  CHECK(counters["departed"] == 1);
}

TEST_CASE("What waits ahead of connection tracking is not queued again behind it after a reload") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const Router router;
  const Server server(router.network().server(), router.server(family), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kByHand)));
  const auto program = router.run({policy, "--events", router.path("events")});
  std::string answer;
  std::thread client(
      [&] { answer = ask(router.network().client(), router.server(family), "hello"); });
  CHECK(program->says("captured by \"by hand\""));
  router.write("p.toml", mode_text(std::string(kShifted) + "\ntranslate = \"kernel\""));
  program->send(SIGHUP);
  CHECK(program->says("reloaded"));
  CHECK(ask(router.network().client(), router.server(family), "another") == "another");
  program->send(SIGUSR1);
  CHECK(program->says("leaves for the server"));
  client.join();
  CHECK(answer == "hello");
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  std::vector<std::string> syns;
  for (const nlohmann::json& event : router.read_events("events")) {
    const bool is_first = event.value("connection", 0) == 1;
    if (is_first && event.value("segment", "") == "syn") syns.push_back(event["event"]);
  }
  CHECK(syns == std::vector<std::string>{"arrived", "departed"});
}

TEST_CASE("Releases by hand and reloads are events, and a release says how many it woke") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(hold_text("1h")));
  const auto program = router.run({policy, "--events", router.path("events")});
  CHECK(ask_once(router) == "hello");
  CHECK(program->says("captured by \"stuck\""));
  program->send(SIGUSR1);
  CHECK(program->says("released by hand: 0 of 1 held"));
  program->send(SIGHUP);
  CHECK(program->says("reloaded " + policy));
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  std::vector<nlohmann::json> steered;
  for (nlohmann::json& event : router.read_events("events")) {
    if (event["event"] != "released" && event["event"] != "reloaded") continue;
    event.erase("at");
    steered.push_back(event);
  }
  CHECK(steered == std::vector<nlohmann::json>{{{"event", "released"}, {"woken", 0}},
                                               {{"event", "reloaded"}, {"policy", policy}}});
}

TEST_CASE("SIGUSR1 releases what waits for that") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kByHand)));
  const auto program = router.run({policy});
  std::string answer;
  std::thread client([&] { answer = ask_once(router); });
  CHECK(program->says("captured by \"by hand\""));
  program->send(SIGUSR1);
  CHECK(program->says("released by hand: 1 of 1 held"));
  CHECK(program->says("leaves for the server"));
  client.join();
  CHECK(answer == "hello");
}

}  // namespace
}  // namespace latesyn
