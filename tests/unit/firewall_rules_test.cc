#include <fmt/format.h>

#include "proxy/intercept/plan.hpp"
#include "proxy/intercept/worker_split.hpp"

namespace latesyn::test {
namespace {

std::vector<EndpointRange> ranges(std::initializer_list<std::string_view> texts) {
  std::vector<EndpointRange> out;
  for (const auto text : texts) out.push_back(*EndpointRange::parse(text));
  return out;
}

std::string rules(Take take, const Traffic& traffic, Family family = Family::v4) {
  return firewall_rules({.take = take}, traffic, {}, family);
}

const std::string kHead =
    "*raw\n:LATESYN-9293 - [0:0]\n-I PREROUTING 1 -j LATESYN-9293\n"
    "-A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n";
const std::string kSkipLaden = "-A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST NONE -j RETURN\n";
const std::string kQueue = " -j NFQUEUE --queue-num 9293 --queue-bypass\n";

}  // namespace

TEST_CASE("traffic to one server is queued in both directions") {
  CHECK(rules(Take::control, {.servers = ranges({"10.2.0.2:8080"}), .clients = {}}) ==
        kHead + kSkipLaden + "-A LATESYN-9293 -p tcp -d 10.2.0.2/32 --dport 8080" + kQueue +
            "-A LATESYN-9293 -p tcp -s 10.2.0.2/32 --sport 8080" + kQueue + "COMMIT\n");
}

TEST_CASE("traffic is taken in where the stand has its hooks, and as much of it as they say") {
  constexpr std::array kHooks{HookPoint{"OUTPUT", " -o lo"}, HookPoint{"INPUT"}};
  const std::string all = kHead + "-A LATESYN-9293 -p tcp" + kQueue + "COMMIT\n";
  const std::string jump = "-I PREROUTING 1 -j LATESYN-9293\n";
  CHECK(firewall_rules({.take = Take::all}, {}, {.stand = {.traffic = kHooks, .own = {}}},
                       Family::v4) ==
        all.substr(0, all.find(jump)) +
            "-I OUTPUT 1 -o lo -j LATESYN-9293\n-I INPUT 1 -j LATESYN-9293\n" +
            all.substr(all.find(jump) + jump.size()));
}

TEST_CASE("every client range is paired with every server range") {
  const Traffic traffic{.servers = ranges({"10.2.0.2:80-90", "10.3.0.0/16"}),
                        .clients = ranges({"10.1.0.0/24:5000"})};
  CHECK(rules(Take::all, traffic) ==
        kHead + "-A LATESYN-9293 -p tcp -s 10.1.0.0/24 --sport 5000 -d 10.2.0.2/32 --dport 80:90" +
            kQueue +
            "-A LATESYN-9293 -p tcp -s 10.2.0.2/32 --sport 80:90 -d 10.1.0.0/24 --dport 5000" +
            kQueue + "-A LATESYN-9293 -p tcp -s 10.1.0.0/24 --sport 5000 -d 10.3.0.0/16" + kQueue +
            "-A LATESYN-9293 -p tcp -s 10.3.0.0/16 -d 10.1.0.0/24 --dport 5000" + kQueue +
            "COMMIT\n");
}

TEST_CASE("each family has rules for its own addresses only") {
  const Traffic traffic{.servers = ranges({"10.2.0.2:80", "[fd00:2::2]:80"}), .clients = {}};
  CHECK(rules(Take::all, traffic, Family::v6) ==
        kHead + "-A LATESYN-9293 -p tcp -d fd00:2::2/128 --dport 80" + kQueue +
            "-A LATESYN-9293 -p tcp -s fd00:2::2/128 --sport 80" + kQueue + "COMMIT\n");
}

TEST_CASE("a family without traffic has no rules") {
  const Traffic traffic{.servers = ranges({"10.2.0.2:80"}), .clients = {}};
  CHECK(rules(Take::all, traffic, Family::v6).empty());
  const Traffic mixed{.servers = ranges({"10.2.0.2", "fd00::1"}), .clients = ranges({"fd00::2"})};
  CHECK(rules(Take::all, mixed, Family::v4).empty());
}

TEST_CASE("empty traffic is all TCP of both families") {
  const std::string all = kHead + "-A LATESYN-9293 -p tcp" + kQueue + "COMMIT\n";
  CHECK(rules(Take::all, {}, Family::v4) == all);
  CHECK(rules(Take::all, {}, Family::v6) == all);
}

TEST_CASE("a range of all addresses restricts only ports") {
  CHECK(rules(Take::all, {.servers = ranges({"0.0.0.0/0:443"}), .clients = {}}) ==
        kHead + "-A LATESYN-9293 -p tcp --dport 443" + kQueue +
            "-A LATESYN-9293 -p tcp --sport 443" + kQueue + "COMMIT\n");
}

TEST_CASE(
    "a bare plan leaves long segments and pushed data in the kernel, and plain ACKs have a queue") {
  CHECK(rules(Take::bare, {}) ==
        kHead +
            "-A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST,PSH PSH -j RETURN\n"
            "-A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST NONE -m length ! --length 0:120 -j "
            "RETURN\n-A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST NONE -j NFQUEUE --queue-num "
            "42061 "
            "--queue-bypass\n-A LATESYN-9293 -p tcp" +
            kQueue + "COMMIT\n");
}

TEST_CASE("a plan that takes nothing needs no rules") { CHECK(rules(Take::nothing, {}).empty()); }

TEST_CASE("errors about joined flows are queued, from the network and from this host") {
  const Plan plan{.take = Take::all, .icmp = true};
  const std::string jumps =
      "*raw\n:LATESYN-9293 - [0:0]\n-I PREROUTING 1 -j LATESYN-9293\n"
      "-I OUTPUT 1 -p {} -j LATESYN-9293\n-A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n";
  const auto error = [](std::string_view match) {
    return "-A LATESYN-9293 -p " + std::string(match) + kQueue;
  };
  CHECK(firewall_rules(plan, {}, {}, Family::v4) ==
        fmt::format(fmt::runtime(jumps), "icmp") +
            error("icmp --icmp-type destination-unreachable") +
            error("icmp --icmp-type time-exceeded") + error("icmp --icmp-type parameter-problem") +
            "-A LATESYN-9293 -p tcp" + kQueue + "COMMIT\n");
  CHECK(firewall_rules(plan, {}, {}, Family::v6) ==
        fmt::format(fmt::runtime(jumps), "ipv6-icmp") +
            error("ipv6-icmp --icmpv6-type destination-unreachable") +
            error("ipv6-icmp --icmpv6-type packet-too-big") +
            error("ipv6-icmp --icmpv6-type time-exceeded") +
            error("ipv6-icmp --icmpv6-type parameter-problem") + "-A LATESYN-9293 -p tcp" + kQueue +
            "COMMIT\n");
}

TEST_CASE("where the kernel translates, data of joined flows are out of the way of the queue") {
  const Traffic traffic{.servers = ranges({"10.2.0.2:80"}), .clients = {}};
  const std::string text =
      firewall_rules({.take = Take::all, .icmp = true, .splice = true, .shifts_clocks = true},
                     traffic, {}, Family::v4);
  const auto both = [](const std::string& what) {
    return "-A LATESYN-9293 -p tcp -d 10.2.0.2/32 --dport 80" + what +
           "-A LATESYN-9293 -p tcp -s 10.2.0.2/32 --sport 80" + what;
  };
  const std::string errors = "-A LATESYN-9293 -p icmp --icmp-type destination-unreachable" +
                             kQueue + "-A LATESYN-9293 -p icmp --icmp-type time-exceeded" + kQueue +
                             "-A LATESYN-9293 -p icmp --icmp-type parameter-problem" + kQueue;
  CHECK(text ==
        "*raw\n:LATESYN-9293 - [0:0]\n-I PREROUTING 1 -j LATESYN-9293\n"
        "-I OUTPUT 1 -m mark --mark 0x9293 -j LATESYN-9293\n"
        "-A LATESYN-9293 -m mark --mark 0x9293 -j CT --notrack\n"
        "-A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n" +
            errors + both(" --tcp-flags SYN SYN -j CT --notrack\n") +
            "COMMIT\n*mangle\n:LATESYN-9293 - [0:0]\n-I PREROUTING 1 -p tcp -j LATESYN-9293\n"
            "-I OUTPUT 1 -p icmp -j LATESYN-9293\n"
            "-A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n"
            "-A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST NONE -m connmark --mark 0x9293 -j "
            "RETURN\n"
            "-A LATESYN-9293 -m connmark --mark 0x9293/0xefffffff -j MARK --set-xmark "
            "0x20000000/0x20000000\n" +
            both(kQueue) + errors +
            "COMMIT\n*filter\n:LATESYN-9293 - [0:0]\n-A LATESYN-9293 -p tcp -j SYNPROXY\n"
            "COMMIT\n");
}

TEST_CASE("the chain is named after the queue, and the mark is ours") {
  const std::string text =
      firewall_rules({.take = Take::all}, {}, {.queue = 7, .mark = 0x10}, Family::v4);
  CHECK(text ==
        "*raw\n:LATESYN-7 - [0:0]\n-I PREROUTING 1 -j LATESYN-7\n"
        "-A LATESYN-7 -m mark --mark 0x10 -j RETURN\n"
        "-A LATESYN-7 -p tcp -j NFQUEUE --queue-num 7 --queue-bypass\nCOMMIT\n");
}

TEST_CASE("with several workers each has a queue, and the last takes what is nobody else's") {
  const auto mine = [](Family family, unsigned worker) {
    return " -m bpf --bytecode \"" + worker_bytecode(family, PortsIn::segment, worker, 3) + "\"";
  };
  const auto queue = [](int number) {
    return fmt::format(" -j NFQUEUE --queue-num {} --queue-bypass\n", number);
  };
  const std::string from = "-A LATESYN-9293 -p tcp -d 10.2.0.2/32 --dport 8080",
                    back = "-A LATESYN-9293 -p tcp -s 10.2.0.2/32 --sport 8080";
  std::string expected = kHead + kSkipLaden;
  for (const unsigned i : {0U, 1U}) {
    const std::string to_worker = mine(Family::v4, i) + queue(9293 + static_cast<int>(i));
    expected += from + to_worker + back + to_worker;
  }
  expected += from + queue(9295) + back + queue(9295) + "COMMIT\n";
  const Traffic traffic{.servers = ranges({"10.2.0.2:8080"}), .clients = {}};
  CHECK(firewall_rules({.take = Take::control}, traffic, {.workers = 3}, Family::v4) == expected);
}

}  // namespace latesyn::test
