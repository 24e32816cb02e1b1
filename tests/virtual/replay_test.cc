// SYNs from elsewhere: a capture's packets, at the times that the policy gives them.

#include "proxy/loader/policy_file.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

Policy with_capture(const std::string& keys, const std::string& lines) {
  Policy policy = parse_policy(
      "about = \"a\"\n[[replay]]\nfile = \"old.pcap\"\n" + keys +
          "\n[[expect]]\nof = \"old.pcap\"\noutcome = \"reset\"\n[example]\nlines = [" + lines +
          "]",
      "p.toml");
  for (const Duration at : {Duration(0s), Duration(500ms)}) {
    policy.replays[0].packets.push_back({at, build({.from = {*IpAddress::parse("10.1.0.2"), 40000},
                                                    .to = {*IpAddress::parse("10.2.0.2"), 8080},
                                                    .seq = Seq{70},
                                                    .flags = {.syn = true}})});
  }
  return policy;
}

std::string played(const Policy& policy) {
  return difference(policy.example, play(policy, 1).lines);
}

}  // namespace

TEST_CASE("a SYN out of a capture is late, and three messages undo what it does") {
  const Policy policy = with_capture("start = \"1s\"",
                                     R"("1.000 ... <SEQ=70><CTL=SYN> --> B",
      "1.000 A <-- <SEQ=300><ACK=71><CTL=SYN,ACK> <-- B",
      "1.000 A --> <SEQ=71><CTL=RST> --> B",
      "1.500 ... <SEQ=70><CTL=SYN> --> B")");
  CHECK(played(policy) == "");
  const auto late = play(policy, 1).late_syns;
  REQUIRE(late.size() == 2);
  CHECK(late[0].outcome == Outcome::reset);
  CHECK(late[0].rule == "old.pcap");
  CHECK(late[1].outcome == Outcome::ignored);
}

TEST_CASE("the times of a capture are scaled, and a connection of now goes its way") {
  CHECK(played(with_capture("scale = 4", R"("0.000 ... <SEQ=70><CTL=SYN> --> B",
      "0.100 A --> <SEQ=500><CTL=SYN> --> B",
      "0.200 A <-- <SEQ=300><ACK=501><CTL=SYN,ACK> <-- B",
      "0.200 A --> <SEQ=501><ACK=301><CTL=ACK> --> B",
      "2.000 ... <SEQ=70><CTL=SYN> --> B",
      "2.000 A <-- <SEQ=301><ACK=501><CTL=ACK> <-- B")")) == "");
}

TEST_CASE("a capture's times that are stretched beyond all bounds leave as late as anything can") {
  CaptureReplay replay{.start = std::chrono::hours(876'000), .scale = 1000};
  const RecordedPacket last{.at = std::chrono::hours(876'000), .packet = {}};
  CHECK(replay.due(last) == Time(kLongestWait));
  replay.scale = 0.5;
  CHECK(replay.due(last) == Time(std::chrono::hours(1'314'000)));
}

TEST_CASE("what a [[replay]] may say is checked as the rest of a policy is") {
  const auto error = [](const std::string& text) {
    try {
      parse_policy("about = \"a\"\n" + text, "p.toml");
    } catch (const PolicyError& problem) {
      return std::string(problem.what());
    }
    return std::string();
  };
  CHECK(error("[[replay]]\nstart = \"1s\"") ==
        "p.toml:2:1: \"file\" is missing from [[replay]]; write for example file = \"old.pcapng\"");
  CHECK(error("[[replay]]\nfile = \"a\"\nscale = 0") ==
        "p.toml:4:9: \"scale\" is 0; write a number from 0.001 to 1000, for example 2.5");
  CHECK(error("[[replay]]\nfile = \"a\"\n[[replay]]\nfile = \"a\"") ==
        "p.toml:4:1: \"a\" names something else already; give it a name of its own");
}

}  // namespace latesyn::test
