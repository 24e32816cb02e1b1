// latesyn's own handshakes in virtual time: each test is a conversation that must come out as
// written.

#include <fmt/format.h>

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

/// Plays a conversation under [traffic] settings; empty where it comes out as written.
std::string differs(std::string_view traffic, const std::vector<std::string>& lines) {
  std::string text =
      fmt::format("about = \"test\"\n[traffic]\n{}\n[example]\nlines = [\n", traffic);
  for (const std::string& line : lines) text += fmt::format("  \"{}\",\n", line);
  const Policy policy = parse_policy(text + "]\n", "test.toml");
  return difference(policy.example, play(policy, 1).lines);
}

constexpr std::string_view kServerFirst = "handshake = \"server-first\"";
constexpr std::string_view kShifted =
    "handshake = \"server-first\"\nserver_isn = 5000\nclient_isn = 1000";
constexpr std::string_view kClientFirst = "handshake = \"client-first\"\nserver_isn = 300";

}  // namespace

TEST_CASE("server-first keeps a refused port refused") {
  CHECK(differs(kServerFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.000  P <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- B",
                                  "0.000  A <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- P",
                              }) == "");
}

TEST_CASE("server-first keeps a dead server dead: the client's SYNs are asked on, nothing else") {
  CHECK(differs(kServerFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "1.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "1.000  P --> <SEQ=100><CTL=SYN> --> B",
                              }) == "");
}

TEST_CASE("server-first with ISNs of its own shifts every number both ways") {
  CHECK(differs(kShifted, {
                              "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                              "0.000  P --> <SEQ=1000><CTL=SYN> --> B",
                              "0.000  P <-- <SEQ=300><ACK=1001><CTL=SYN,ACK> <-- B",
                              "0.000  P --> <SEQ=1001><ACK=301><CTL=ACK> --> B",
                              "0.000  A <-- <SEQ=5000><ACK=101><CTL=SYN,ACK> <-- P",
                              "0.000  A --> <SEQ=101><ACK=5001><DATA=10><CTL=ACK> --> B",
                              "0.000  A <-- <SEQ=301><ACK=1011><DATA=10><CTL=ACK> <-- B",
                          }) == "");
}

TEST_CASE("an unanswered SYN-ACK of ours is sent again after 1, 3, 7, 15 and 31 s, then given up") {
  CHECK(differs(kServerFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.000  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                                  "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                                  "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "1.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "3.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "7.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "15.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "31.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "63.000  P --> <SEQ=101><CTL=RST> --> B",
                              }) == "");
}

TEST_CASE("client-first turns a refused port into a reset after connect()") {
  CHECK(differs(kClientFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.000  P <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- B",
                                  "0.000  A <-- <SEQ=301><ACK=101><CTL=RST,ACK> <-- P",
                              }) == "");
}

TEST_CASE("client-first acknowledges no data that the server has not got") {
  CHECK(differs(kClientFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.200  A --> <SEQ=101><ACK=301><DATA=1><CTL=ACK> --> P",
                                  "0.300  P <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- B",
                                  "0.300  P --> <SEQ=101><ACK=401><CTL=ACK> --> B",
                                  "0.300  A <-- <SEQ=301><ACK=101><CTL=ACK> <-- P",
                                  "0.300  A --> <SEQ=101><ACK=301><DATA=1><CTL=ACK> --> B",
                              }) == "");
}

TEST_CASE("client-first asks a silent server again, and resets the client when it gives up") {
  CHECK(differs(kClientFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "1.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "3.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "7.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "15.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "31.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "63.000  A <-- <SEQ=301><ACK=101><CTL=RST,ACK> <-- P",
                              }) == "");
}

TEST_CASE("split says the SYN-ACK as two messages, and the client's SYN-ACK joins the halves") {
  CHECK(differs("handshake = \"split\"",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                    "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "0.000  A <-- <SEQ=301><ACK=101><CTL=ACK> <-- P",
                    "0.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "0.000  A --> <SEQ=100><ACK=301><CTL=SYN,ACK> --> P",
                    "0.000  A <-- <SEQ=301><ACK=101><CTL=ACK> <-- P",
                    "0.000  A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B",
                }) == "");
}

TEST_CASE("split with ISNs of its own shifts the numbers of both messages") {
  CHECK(differs("handshake = \"split\"\nserver_isn = 5000",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                    "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "0.000  A <-- <SEQ=5001><ACK=101><CTL=ACK> <-- P",
                    "0.000  A <-- <SEQ=5000><CTL=SYN> <-- P",
                    "0.000  A --> <SEQ=100><ACK=5001><CTL=SYN,ACK> --> P",
                    "0.000  A <-- <SEQ=5001><ACK=101><CTL=ACK> <-- P",
                    "0.000  A <-- <SEQ=301><ACK=101><DATA=10><CTL=ACK> <-- B",
                }) == "");
}

TEST_CASE("simultaneous lets the server's SYN cross the client's") {
  CHECK(differs("handshake = \"simultaneous\"",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                    "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "0.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "0.000  A --> <SEQ=100><ACK=301><CTL=SYN,ACK> --> P",
                    "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                    "0.000  A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B",
                }) == "");
}

TEST_CASE("simultaneous keeps out where both ends open") {
  CHECK(differs("handshake = \"simultaneous\"",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                    "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  A <-- <SEQ=300><CTL=SYN> <-- B",
                    "0.000  A --> <SEQ=100><ACK=301><CTL=SYN,ACK> --> B",
                    "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                }) == "");
}

TEST_CASE("a crossing SYN that nobody answers is sent again, then given up") {
  CHECK(differs("handshake = \"simultaneous\"",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                    "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "0.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "1.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "3.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "7.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "15.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "31.000  A <-- <SEQ=300><CTL=SYN> <-- P",
                    "63.000  P --> <SEQ=101><CTL=RST> --> B",
                }) == "");
}

TEST_CASE("two-way confirms a late SYN for the client, and swallows what it says to that") {
  CHECK(differs("handshake = \"two-way\"\n[[rule]]\ndo = \"hold\"\nuntil = \"closed\"\n"
                "when = { segment = \"syn\", copy = 1 }",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> ...",
                    "1.000  A --> <SEQ=100><CTL=SYN> --> B",
                    "1.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "1.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "2.000  A --> <SEQ=101><ACK=301><CTL=FIN,ACK> --> B",
                    "2.000  A <-- <SEQ=301><ACK=102><CTL=FIN,ACK> <-- B",
                    "2.000  ... <SEQ=100><CTL=SYN> --> B",
                    "2.000  A --> <SEQ=102><ACK=302><CTL=ACK> --> B",
                    "2.100  A <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- B",
                    "2.100  P --> <SEQ=101><ACK=401><CTL=ACK> --> B",
                    "2.100  A --> <SEQ=101><CTL=RST> --> P",
                    "9.000  A <-- <SEQ=401><ACK=101><DATA=10><CTL=ACK> <-- B",
                    "9.000  A --> <SEQ=101><CTL=RST> --> B",
                }) == "");
}

TEST_CASE("a rule says who shakes hands for the connections that it matches") {
  CHECK(differs("[[rule]]\ndo = \"handshake\"\nmode = \"refuse\"\nwhen = { every = 2 }",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "1.000  A --> <SEQ=200><CTL=SYN> --> P",
                    "1.000  A <-- <SEQ=0><ACK=201><CTL=RST,ACK> <-- P",
                    "2.000  A --> <SEQ=300><CTL=SYN> --> B",
                }) == "");
}

TEST_CASE("a rule can leave a connection's handshake to its ends") {
  CHECK(differs("handshake = \"refuse\"\n[[rule]]\ndo = \"handshake\"\nmode = \"pass\"\n"
                "when = { connection = 1 }",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> --> B",
                    "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "1.000  A --> <SEQ=200><CTL=SYN> --> P",
                    "1.000  A <-- <SEQ=0><ACK=201><CTL=RST,ACK> <-- P",
                }) == "");
}

TEST_CASE("a held SYN takes its rule's handshake along") {
  CHECK(differs("[[rule]]\ndo = \"handshake\"\nmode = \"server-first\"\n"
                "[[rule]]\ndo = \"delay\"\nby = \"100ms\"\nwhen = { segment = \"syn\" }",
                {
                    "0.000  A --> <SEQ=100><CTL=SYN> ...",
                    "0.100  P --> <SEQ=100><CTL=SYN> --> B",
                    "0.100  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                    "0.100  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                    "0.100  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                    "0.100  A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                }) == "");
}

TEST_CASE("server-first lets the client reset what the server still has of an old connection") {
  CHECK(differs(kShifted, {
                              "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                              "0.000  P --> <SEQ=1000><CTL=SYN> --> B",
                              "0.000  A <-- <SEQ=777><ACK=100><CTL=ACK> <-- B",
                              "0.000  A --> <SEQ=100><CTL=RST> --> B",
                              "0.010  A --> <SEQ=100><CTL=SYN> --> P",
                              "0.010  P --> <SEQ=1000><CTL=SYN> --> B",
                          }) == "");
}

TEST_CASE("client-first resets what the server still has of an old connection, and asks again") {
  CHECK(differs(kClientFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.000  P <-- <SEQ=777><ACK=50><CTL=ACK> <-- B",
                                  "0.000  P --> <SEQ=50><CTL=RST> --> B",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.000  P <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- B",
                                  "0.000  A <-- <SEQ=301><ACK=101><CTL=RST,ACK> <-- P",
                              }) == "");
}

TEST_CASE("a reset by a server that has spoken already is one that its client believes") {
  CHECK(differs(kServerFirst, {
                                  "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                  "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                                  "0.000  P <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                                  "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                                  "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                                  "0.000  A <-- <SEQ=301><ACK=101><DATA=10><CTL=ACK> <-- B",
                                  "0.000  P <-- <SEQ=311><ACK=101><CTL=RST,ACK> <-- B",
                                  "0.000  A <-- <SEQ=301><ACK=101><CTL=RST,ACK> <-- P",
                                  "0.001  A --> <SEQ=101><ACK=311><CTL=ACK> --> P",
                                  "0.001  A <-- <SEQ=311><ACK=101><CTL=RST,ACK> <-- P",
                              }) == "");
}

TEST_CASE("a refusal is repeated for every SYN") {
  CHECK(differs("handshake = \"refuse\"", {
                                              "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                              "0.000  A <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- P",
                                              "1.000  A --> <SEQ=100><CTL=SYN> --> P",
                                              "1.000  A <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- P",
                                          }) == "");
}

TEST_CASE("a silent proxy answers nothing") {
  CHECK(differs("handshake = \"silent\"", {
                                              "0.000  A --> <SEQ=100><CTL=SYN> --> P",
                                              "1.000  A --> <SEQ=100><CTL=SYN> --> P",
                                          }) == "");
}

}  // namespace latesyn::test
