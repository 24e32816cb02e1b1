// What others do to the firewall while a run goes on, and what of it a run's packets meet.

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/edge/command.hpp"
#include "proxy/values/segment_spec.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/raw_host.hpp"
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

unsigned captured(const Router& router, RunningProgram& program) {
  return stop(router, program)["counters"]["captured"];
}

/// A SYN to the server, from an address that need not be its sender's.
Packet syn_from(const Router& router, Family family, const char* address) {
  return build({.from = {IpAddress::parse(address).value(), 4711},
                .to = router.server(family),
                .seq = Seq{1},
                .ack = {},
                .flags = {.syn = true}});
}

}  // namespace

TEST_CASE("Rules that somebody flushes are put back, and it is said") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::vector<std::string> what =
      GENERATE(std::vector<std::string>{"-F"}, std::vector<std::string>{"-D", "PREROUTING", "1"});
  INFO(iptables(family) << " " << what[0]);
  const Router router;
  const Server server(router.network().server(), router.server(family), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  std::vector<std::string> words{iptables(family), "-t", "raw"};
  words.insert(words.end(), what.begin(), what.end());
  on_router(router, words);
  REQUIRE(program->says(kPutBack));
  CHECK(ask(router.network().client(), router.server(family), "hello") == "hello");
  CHECK(program->says("captured by \"slow\""));
  const auto report = stop(router, *program);
  CHECK(report["counters"]["captured"] == 1);
  CHECK(report["rules_put_back"] == 1);
  CHECK(router.chains().empty());
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

TEST_CASE("Clean finds what was left by either iptables") {
  const Router router;
  {
    const Inside inside(router.network().router());
    for (const char* program : {"iptables-legacy-restore", "ip6tables-legacy-restore"}) {
      const auto left =
          run_command({program, "--noflush"},
                      "*raw\n:LATESYN-7 - [0:0]\n-I PREROUTING 1 -j LATESYN-7\n"
                      "-A LATESYN-7 -p tcp -j NFQUEUE --queue-num 7 --queue-bypass\nCOMMIT\n");
      INFO(left.why());
      REQUIRE(left.ok());
    }
  }
  const auto killed = router.run({router.write("p.toml", policy_text(std::string(kSlowSyns)))});
  CHECK_THAT(killed->said(), Contains("removed the IPv4 chain LATESYN-7, which a killed latesyn "
                                      "had left") &&
                                 Contains("removed the IPv6 chain LATESYN-7"));
  CHECK(router.chains() == std::vector<std::string>{"LATESYN-9293", "LATESYN-9293"});
}

TEST_CASE("What we send goes past the FORWARD chain, and can be held back by its mark") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kChangedSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  on_router(router, {"iptables", "-A", "FORWARD", "-p", "tcp", "-j", "DROP"});
  RawHost client(router.network().client());
  LinkTap server(router.network().server());
  const Packet syn = syn_from(router, Family::v4, "10.1.0.2");
  const auto seen = [&] {
    // From its ports to its acknowledgment; the hop is another.
    return server.sees_part(Bytes(syn.bytes).subspan(20, 12));
  };
  client.send(syn);
  CHECK(seen());
  on_router(router, {"iptables", "-A", "OUTPUT", "-m", "mark", "--mark", "0x9293", "-d", "10.2.0.2",
                     "-j", "DROP"});
  client.send(syn);
  CHECK(program->says("could not send a packet of 40 bytes: Operation not permitted"));
  CHECK(stop(router, *program)["unsent"] == 1);
}

TEST_CASE("A reverse path check ahead of our queue keeps forged senders out of it") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--json", router.path("report")});
  on_router(router, {"iptables", "-t", "raw", "-I", "PREROUTING", "-m", "rpfilter", "--invert",
                     "-j", "DROP"});
  RawHost client(router.network().client());
  client.send(syn_from(router, Family::v4, "10.2.0.99"));
  client.send(syn_from(router, Family::v4, "10.1.0.2"));
  CHECK(program->says("captured by \"slow\""));
  CHECK(captured(router, *program) == 1);
}

}  // namespace latesyn
