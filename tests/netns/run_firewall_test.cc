// What others do to the firewall while a run goes on, and what of it a run's packets meet.

#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/raw_host.hpp"
#include "tests/netns/replaced_program.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;

/// SYNs leave changed, and so through our raw socket.
constexpr std::string_view kChangedSyns = R"(
[[rule]]
name = "fewer hops"
when = { segment = "syn" }
do = "rewrite"
ttl = 60
)";
constexpr const char* kPutBack = "they are put back";

void on_router(const Router& router, const std::vector<std::string>& words) {
  const Inside inside(router.network().router());
  const CommandResult result = run_command(words);
  INFO(result.why());
  REQUIRE(result.ok());
}

std::string iptables(Family family) { return family == Family::v4 ? "iptables" : "ip6tables"; }

const char* client_of(Family family) { return family == Family::v4 ? "10.1.0.2" : "fd00:1::2"; }

std::vector<std::vector<std::string>> ways_to_flush(Family family) {
  return {{iptables(family), "-t", "raw", "-F"},
          {iptables(family), "-t", "raw", "-D", "PREROUTING", "1"},
          {"nft", "flush", "ruleset"}};
}

unsigned captured(const Router& router, RunningProgram& program) {
  return stop(router, program)["counters"]["captured"];
}

/// Kills two runs that stand beside each other: with the newer iptables (queue 6), and with the
/// older (queue 7).
void leave_rules_of_either(const Router& router) {
  const auto policy = router.write("killed.toml", policy_text(std::string(kSlowSyns)));
  const auto newer = router.run({policy, "--queue", "6"});
  const auto older =
      router.start({"run", policy, "--queue", "7"}, {.before_start = with_older_iptables(router)});
  INFO(older->said());
  REQUIRE(older->says("seed "));
  for (RunningProgram* program : {newer.get(), older.get()}) {
    program->send(SIGKILL);
    REQUIRE(program->wait() == 128 + SIGKILL);
  }
  CHECK(router.chains() ==
        std::vector<std::string>{"LATESYN-6", "LATESYN-7", "LATESYN-6", "LATESYN-7"});
}

/// A SYN to the server, from an address that need not be its sender's.
Packet syn_from(const Router& router, Family family, const char* address) {
  return build({.from = {IpAddress::parse(address).value(), 4711},
                .to = router.server(family),
                .seq = Seq{1},
                .ack = {},
                .flags = {.syn = true}});
}

void check_reverse_path(const Router& router, Family family) {
  on_router(router, {iptables(family), "-t", "raw", "-I", "PREROUTING", "-m", "rpfilter",
                     "--invert", "-j", "DROP"});
}

/// Those of these addresses whose SYN comes to the policy's rule, after `set_up` was done to the
/// router; and of the client's, which is sent last. With `clients` in the policy's traffic.
std::vector<std::string> senders_taken_in(Family family, std::vector<std::string> senders,
                                          const std::function<void(const Router&)>& set_up,
                                          const std::string& clients = "") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(clients + std::string(kChangedSyns)));
  const auto program =
      router.run({policy, "--json", router.path("report"), "--events", router.path("events")});
  set_up(router);
  RawHost client(router.network().client());
  senders.emplace_back(client_of(family));
  for (const std::string& sender : senders) client.send(syn_from(router, family, sender.c_str()));
  const auto own = Endpoint{IpAddress::parse(client_of(family)).value(), 4711}.text();
  CHECK(program->says(own));
  stop(router, *program);
  std::vector<std::string> taken;
  for (const auto& event : router.read_events("events")) {
    const bool ours = event["event"] == "arrived" && event["from"] == "client";
    if (ours) taken.push_back(event["client"]);
  }
  return taken;
}

}  // namespace

TEST_CASE("Rules that somebody flushes are put back, and it is said") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const auto words = GENERATE_COPY(from_range(ways_to_flush(family)));
  INFO(fmt::format("{}", fmt::join(words, " ")));
  const Router router;
  const Server server(router.network().server(), router.server(family), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  on_router(router, words);
  REQUIRE(program->says(kPutBack));
  CHECK(router.chains() == std::vector<std::string>{"LATESYN-9293", "LATESYN-9293"});
  CHECK(ask(router.network().client(), router.server(family), "hello") == "hello");
  CHECK(program->says("captured by \"slow\""));
  const auto report = stop(router, *program);
  CHECK(report["counters"]["captured"] == 1);
  CHECK(report["rules_put_back"] == 1);
  CHECK(router.chains().empty());
}

TEST_CASE("Rules that somebody flushes are put back within a second", "[alone]") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  on_router(router, {"nft", "flush", "ruleset"});
  const auto flushed = std::chrono::steady_clock::now();
  REQUIRE(program->says(kPutBack));
  CHECK(std::chrono::steady_clock::now() - flushed < std::chrono::seconds(1));
  CHECK(stop(router, *program)["rules_put_back"] == 1);
}

TEST_CASE("What waits in the kernel is gone with a table that somebody deletes, and is counted") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const Router router;
  const Server server(router.network().server(), router.server(family), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kByHand)));
  const auto program = router.run({policy, "--json", router.path("report")});
  RawHost client(router.network().client());
  client.send(syn_from(router, family, client_of(family)));
  REQUIRE(program->says("captured by \"by hand\""));
  on_router(router, {"nft", "flush", "ruleset"});
  REQUIRE(program->says(kPutBack));
  program->send(SIGUSR1);
  CHECK(program->says(
      "the kernel had dropped a packet that waited in queue 9293: its interface went down, or some "
      "program deleted an nftables table"));
  const auto report = stop(router, *program);
  CHECK(report["counters"]["parked"] == 1);
  CHECK(report["queue_failures"] == 1);
}

TEST_CASE("What others do beside our rules is left alone") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  on_router(router, {"iptables", "-t", "raw", "-I", "PREROUTING", "-s", "192.0.2.1", "-j", "DROP"});
  router.write("p.toml", policy_text(std::string(kChangedSyns)));
  program->send(SIGHUP);
  CHECK(program->says("reloaded"));
  on_router(router, {"iptables", "-t", "raw", "-F", "OUTPUT"});
  CHECK(stop(router, *program)["rules_put_back"] == 0);
}

TEST_CASE("Two runs say which of them stands ahead of the other") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto first = router.run({policy});
  const auto second = router.run({policy, "--queue", "7"});
  CHECK(second->says("this run stands ahead of another latesyn (chain LATESYN-9293)"));
  CHECK(first->says("another latesyn stands ahead of this one (chain LATESYN-7)"));
}

TEST_CASE("Clean finds what killed runs of either iptables have left, whichever is set up") {
  const bool older = GENERATE(false, true);
  CAPTURE(older);
  const Router router;
  leave_rules_of_either(router);
  for (const Family family : {Family::v4, Family::v6}) {
    const Server server(router.network().server(), router.server(family), echo);
    CHECK(ask(router.network().client(), router.server(family), "hello") == "hello");
  }
  const auto clean =
      router.start({"clean"}, {.before_start = older ? with_older_iptables(router) : [] {}});
  CHECK(clean->wait() == 0);
  CHECK(clean->said().empty());
  // What is set up is looked at first.
  CHECK(clean->printed() == fmt::format("IPv4 chain LATESYN-{0} removed\n"
                                        "IPv4 chain LATESYN-{1} removed\n"
                                        "IPv6 chain LATESYN-{0} removed\n"
                                        "IPv6 chain LATESYN-{1} removed\n",
                                        older ? 7 : 6, older ? 6 : 7));
  CHECK(router.chains().empty());
}

TEST_CASE("A start finds what killed runs of either iptables have left") {
  const Router router;
  leave_rules_of_either(router);
  const auto program = router.run({router.write("p.toml", policy_text(std::string(kSlowSyns)))});
  for (const std::string chain : {"IPv4 chain LATESYN-6", "IPv4 chain LATESYN-7",
                                  "IPv6 chain LATESYN-6", "IPv6 chain LATESYN-7"}) {
    CHECK_THAT(program->said(),
               Contains("removed the " + chain + ", which a killed latesyn had left"));
  }
  CHECK(router.chains() == std::vector<std::string>{"LATESYN-9293", "LATESYN-9293"});
}

TEST_CASE("What we send goes past the FORWARD chain, and can be held back by its mark") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kChangedSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  on_router(router, {iptables(family), "-A", "FORWARD", "-p", "tcp", "-j", "DROP"});
  RawHost client(router.network().client());
  LinkTap server(router.network().server());
  const Packet syn = syn_from(router, family, client_of(family));
  const auto seen = [&] {
    // From its ports to its acknowledgment; the hop is another.
    const auto view = std::get<TcpView>(TcpView::over(syn.bytes));
    return server.sees_part(Bytes(syn.bytes).subspan(view.tcp_at(), 12));
  };
  client.send(syn);
  CHECK(seen());
  on_router(router, {iptables(family), "-A", "OUTPUT", "-m", "mark", "--mark", "0x9293", "-d",
                     router.server(family).address.text(), "-j", "DROP"});
  client.send(syn);
  CHECK(program->says(fmt::format("could not send a packet of {} bytes: Operation not permitted",
                                  syn.bytes.size())));
  CHECK(stop(router, *program)["unsent"] == 1);
}

TEST_CASE("A reverse path check ahead of our queue keeps forged senders out of it") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  check_reverse_path(router, family);
  RawHost client(router.network().client());
  client.send(syn_from(router, family, family == Family::v4 ? "10.2.0.99" : "fd00:2::99"));
  client.send(syn_from(router, family, client_of(family)));
  CHECK(program->says("captured by \"slow\""));
  CHECK(captured(router, *program) == 1);
}

TEST_CASE("Senders that no router passes on are kept out of a policy that names its clients") {
  using Senders = std::vector<std::string>;
  const Family family = GENERATE(Family::v4, Family::v6);
  const bool v4 = family == Family::v4;
  const auto taken_in = [&](auto... more) {
    return senders_taken_in(family,
                            v4 ? Senders{"0.0.0.1", "127.0.0.1", "224.0.0.1"}
                               : Senders{"::", "::1", "fe80::99", "ff02::1"},
                            more...);
  };
  const Senders rest = v4 ? Senders{"10.1.0.2:4711"} : Senders{"[fd00:1::2]:4711"};
  const auto as_it_is = [](const Router&) {};
  const auto checking = [&](const Router& router) { check_reverse_path(router, family); };
  // Some of IPv6's the kernel refuses before our queue; none that a link may have, as any link has
  // fe80::/10, is refused by a reverse path check.
  const Senders all = v4 ? Senders{"0.0.0.1:4711", "127.0.0.1:4711", "224.0.0.1:4711", rest[0]}
                         : Senders{"[::]:4711", "[fe80::99]:4711", rest[0]};
  CHECK(taken_in(as_it_is) == all);
  CHECK(taken_in(checking) == (v4 ? rest : all));
  CHECK(taken_in(as_it_is, "clients = [\"10.1.0.0/24\", \"fd00:1::/64\"]\n") == rest);
}

}  // namespace latesyn
