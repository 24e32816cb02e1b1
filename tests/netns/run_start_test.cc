// What stops `latesyn run` before it starts, and that nothing of it is left then.

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "proxy/process/sysctls.hpp"
#include "proxy/queue/netlink_queue.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/replaced_program.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

constexpr int kCouldNotRun = 2;
constexpr int kNetAdmin = 12, kNetRaw = 13;  // <linux/capability.h>

/// Runs a policy that must not start; what it said.
std::string refusal(const Router& router, const std::vector<std::string>& arguments,
                    const ProgramSettings& settings = {}) {
  const auto program = router.start(arguments, settings);
  CHECK(program->wait() == kCouldNotRun);
  CHECK(program->printed().empty());
  return program->said();
}

TEST_CASE("Without rights the ones that are missing are named, and how to get them") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  // Root, but without these two: a program that is started can't get them back.
  const ProgramSettings settings{.environment = {}, .before_start = [] {
                                   ::prctl(PR_CAPBSET_DROP, kNetAdmin);
                                   ::prctl(PR_CAPBSET_DROP, kNetRaw);
                                 }};
  const std::string missing = "CAP_NET_ADMIN and CAP_NET_RAW missing";
  const auto said = refusal(router, {"run", policy}, settings);
  CHECK_THAT(said, Contains(missing) && Contains("run it with sudo") && Contains("setcap"));
  CHECK_THAT(refusal(router, {"clean"}, settings), Contains(missing));
  CHECK(router.chains().empty());
}

TEST_CASE("Without iptables the package that has it is named") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto hide_system_programs = [] {
    ::unshare(CLONE_NEWNS);
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    ::mount("none", "/usr/sbin", "tmpfs", 0, nullptr);
  };
  const auto said =
      refusal(router, {"run", policy}, {.environment = {}, .before_start = hide_system_programs});
  CHECK(said ==
        "latesyn: could not read the IPv4 firewall rules: iptables-save: not installed; install it "
        "with: apt-get install iptables\n");
  CHECK(router.chains().empty());
}

TEST_CASE("A queue that another program has bound is named with its owner") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const Inside inside(router.network().router());
  const NetlinkQueue taken({.queue = 4711}, Plan{});
  CHECK_THAT(refusal(router, {"run", policy, "--queue", "4711"}),
             Contains("could not bind queue 4711: it is taken by port id ") &&
                 Contains("choose another with --queue"));
  CHECK(router.chains().empty());
}

TEST_CASE("So is the queue of the plain ACKs, where the policy has one") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const Inside inside(router.network().router());
  const NetlinkQueue taken({.queue = 4711 + 32768}, Plan{});
  CHECK_THAT(refusal(router, {"run", policy, "--queue", "4711"}),
             Contains("could not bind queue 37479: it is taken by port id "));
  CHECK(router.chains().empty());
}

TEST_CASE("A rule set that went in by half is taken out again") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto fake = with_script(router, "ip6tables-restore", "echo no such luck >&2\nexit 4\n");
  CHECK_THAT(refusal(router, {"run", policy}, {.environment = {}, .before_start = fake}),
             Contains("could not change the IPv6 firewall rules: ip6tables-restore: no such luck"));
  CHECK(router.chains().empty());
}

TEST_CASE("Without what splits the flows, several workers are refused, and the mend is named") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto fake = with_script(router, "iptables-restore",
                                "echo Warning: Extension bpf revision 1 not supported, "
                                "missing kernel module\\? >&2\nexit 4\n");
  CHECK_THAT(
      refusal(router, {"run", policy, "--workers", "2"}, {.environment = {}, .before_start = fake}),
      Contains("could not change the IPv4 firewall rules") &&
          Contains("load it with: sudo modprobe xt_bpf, or leave --workers out"));
  CHECK(router.chains().empty());
}

TEST_CASE("Without the modules of the older iptables, the mend is named") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  // As Linux 6.12 and iptables 1.8.9 have it, for an ordinary user.
  const auto fake = with_script(router, "iptables-save",
                                "echo \"modprobe: ERROR: could not insert 'ip_tables': Operation "
                                "not permitted\" >&2\n"
                                "echo 'iptables-save v1.8.9 (legacy): Cannot initialize: iptables "
                                "who? (do you need to insmod?)' >&2\nexit 1\n");
  CHECK_THAT(refusal(router, {"run", policy}, {.environment = {}, .before_start = fake}),
             Contains("could not read the IPv4 firewall rules: iptables-save: modprobe: ERROR: ") &&
                 Contains("load them with: sudo modprobe -a ip_tables ip6_tables, or set up "
                          "iptables-nft"));
}

TEST_CASE("More workers than there are queues left are refused") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  CHECK(refusal(router, {"run", policy, "--queue", "65530", "--workers", "7"}) ==
        "latesyn: could not use the 7 queues from 65530: the last that there is is 65535; choose a "
        "lower one with --queue\n");
}

TEST_CASE("A rule that remembers for more than a connection is refused with several workers") {
  const Router router;
  const auto with_scope = [&router](const std::string& scope) {
    return router.write("p.toml",
                        policy_text("[[rule]]\nname = \"bursts\"\ndo = \"loss\"\nshare = 0.1\n"
                                    "correlation = 0.5\nscope = \"" +
                                    scope + "\"\n"));
  };
  for (const std::string scope : {"rule", "client"}) {
    const auto policy = with_scope(scope);
    CHECK(
        refusal(router, {"run", policy, "--workers", "2"}) ==
        fmt::format("latesyn: {}: rule \"bursts\" has scope = \"{}\", but 2 workers share the "
                    "packets among them by connection, so that none sees all of a {}'s; leave out "
                    "--workers, or write scope = \"flow\"\n",
                    policy, scope, scope));
  }
  CHECK(router.chains().empty());
  const auto program = router.run({with_scope("flow"), "--workers", "2"});
  with_scope("rule");
  program->send(SIGHUP);
  CHECK(program->says("the policy stays as it was"));
}

TEST_CASE("A policy without traffic is refused by run") {
  const Router router;
  const auto policy = router.write("p.toml", "about = \"A test.\"\n" + hold_text("1s"));
  CHECK_THAT(refusal(router, {"run", policy}),
             Contains("p.toml: [traffic] is empty") && Contains("servers = ["));
}

TEST_CASE("A policy that has the kernel shift what its rules must see is refused by run") {
  const Router router;
  const auto policy = router.write(
      "p.toml",
      policy_text("handshake = \"server-first\"\ntranslate = \"kernel\"\n" + hold_text("1s")));
  CHECK_THAT(refusal(router, {"run", policy}),
             Contains("p.toml: translate = \"kernel\", but the rules need to see more") &&
                 Contains("write \"auto\" or \"user\""));
  CHECK(router.chains().empty());
}

TEST_CASE("A policy file that is not there is named by run") {
  const Router router;
  CHECK_THAT(refusal(router, {"run", "no_such.toml"}), Contains("no_such.toml"));
}

TEST_CASE("An output file that can't be opened is named before any rule goes in") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  for (const std::string option : {"--json", "--events", "--pcap"}) {
    CHECK_THAT(refusal(router, {"run", policy, option, "/no/such/folder/x"}),
               Contains("/no/such/folder/x: No such file or directory") && !Contains("taking"));
  }
}

TEST_CASE("No output is written over the policy") {
  const Router router;
  const auto text = policy_text(hold_text("1s"));
  const auto policy = router.write("p.toml", text);
  for (const std::string option : {"--json", "--events", "--pcap"}) {
    CHECK_THAT(refusal(router, {"run", policy, option, policy, "--force"}),
               Contains("p.toml: it is read by this very run; choose another name") &&
                   !Contains("taking"));
  }
  std::ifstream file(policy);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == text);
}

TEST_CASE("An output file that can't be written is said, and the status is 2") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto program = router.run({policy, "--events", "/dev/full"});
  program->send(SIGINT);
  CHECK(program->wait() == kCouldNotRun);
  CHECK_THAT(program->said(),
             Contains("could not write the event log /dev/full: No space left on device"));
}

TEST_CASE("On one of the ends run says that what this host sends is not seen") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  RunningProgram program(router.network().server(), {"run", policy});
  CHECK(program.says("seed "));
  for (const std::string address : {"10.2.0.2", "fd00:2::2"}) {
    CHECK_THAT(program.said(),
               Contains("warning: " + address +
                        " is an address of this host, and what a host sends itself is not seen "
                        "here; run latesyn on a router between client and server, or try the "
                        "policy with: latesyn lab\n"));
  }
  CHECK_THAT(program.said(), !Contains("forwarding is off"));
}

TEST_CASE("A SIGHUP while it starts does not kill run, and is a reload once it has") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto program = router.start({"run", policy});
  const auto holds_it = [&] {
    std::ifstream status("/proc/" + std::to_string(program->pid()) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("SigBlk:")) return (std::stoull(line.substr(7), nullptr, 16) & 1U) != 0;
    }
    return false;
  };
  CHECK(eventually(holds_it));
  program->send(SIGHUP);
  CHECK(program->says("reloaded " + policy));
  program->send(SIGTERM);
  CHECK(program->wait() == 0);
}

TEST_CASE("Where the kernel forwards nothing, run says what turns it on") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  set_sysctls(router.network().router(), {{"net.ipv4.ip_forward", "0"}});
  const auto program = router.run({policy});
  CHECK_THAT(program->said(), Contains("IPv4 forwarding is off") &&
                                  Contains("sysctl -w net/ipv4/ip_forward=1") && !Contains("IPv6"));
}

}  // namespace
}  // namespace latesyn
