// A packet of ours that leaves later has the numbers of the moment at which it leaves.

#include <fmt/format.h>

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

using Conversation = std::vector<std::string>;

/// Plays a conversation under a policy; empty where it comes out as written.
std::string unlike(const std::string& policy, const Conversation& lines) {
  std::string text = "about = \"a\"\n" + policy + "\n[example]\nlines = [\n";
  for (const std::string& line : lines) text += fmt::format("  \"{}\",\n", line);
  const Policy parsed = parse_policy(text + "]\n", "p.toml");
  return difference(parsed.example, play(parsed, 1).lines);
}

Conversation then(Conversation lines, const Conversation& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

const Conversation kOpened{"0.000  A --> <SEQ=100><CTL=SYN> --> B",
                           "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                           "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> B"};

const std::string kLifetime =
    "[[rule]]\nwhen = { segment = \"handshake-ack\" }\ndo = \"forge\"\nafter = \"1s\"\n";
const std::string kToSender = "to = \"sender\"\n";

}  // namespace

TEST_CASE("a RST that comes a second later has the number that its receiver expects then") {
  const Conversation data{"0.400  A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B",
                          "0.500  A <-- <SEQ=301><ACK=111><DATA=500><CTL=ACK> <-- B"};
  CHECK(unlike(kLifetime, then(then(kOpened, data), {"1.000  P --> <SEQ=111><CTL=RST> --> B"})) ==
        "");
  CHECK(unlike(kLifetime + kToSender,
               then(then(kOpened, data), {"1.000  A <-- <SEQ=801><CTL=RST> <-- P"})) == "");
}

TEST_CASE("its ACK is all that the other end has sent by then, and offsets count from there") {
  const Conversation data{"0.400  A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B",
                          "0.500  A <-- <SEQ=301><ACK=111><DATA=500><CTL=ACK> <-- B",
                          "0.600  A --> <SEQ=111><ACK=801><CTL=ACK> --> B"};
  CHECK(unlike(kLifetime + kToSender + "flags = \"RST,ACK\"\nseq_by = 5\nack_by = -1\n",
               then(then(kOpened, data), {"1.000  A <-- <SEQ=806><ACK=110><CTL=RST,ACK> <-- P"})) ==
        "");
  CHECK(unlike(kLifetime + "flags = \"ACK\"\n",
               then(then(kOpened, data), {"1.000  P --> <SEQ=111><ACK=801><CTL=ACK> --> B"})) ==
        "");
}

TEST_CASE("what was lost on the way its receiver does not expect behind") {
  CHECK(unlike(kLifetime + "[[rule]]\nwhen = { segment = \"data\" }\ndo = \"drop\"\n",
               then(kOpened, {"0.400  A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> XXX",
                              "1.000  P --> <SEQ=101><CTL=RST> --> B"})) == "");
}

TEST_CASE("a RST behind a SYN-ACK, once the connection is established, has the numbers of then") {
  CHECK(unlike("[[rule]]\nwhen = { segment = \"syn-ack\" }\ndo = \"forge\"\nflags = \"RST\"\n"
               "once = \"established\"\nafter = \"500ms\"\n",
               then(kOpened, {"0.100  A <-- <SEQ=301><ACK=101><DATA=100><CTL=ACK> <-- B",
                              "0.500  A <-- <SEQ=401><CTL=RST> <-- P"})) == "");
}

TEST_CASE("what another rule lets wait has the numbers of the moment, too") {
  CHECK(unlike("[[rule]]\nwhen = { segment = \"handshake-ack\" }\ndo = \"reset\"\nto = \"sender\"\n"
               "[[rule]]\nwhen = { segment = \"handshake-ack\" }\nacts_on = \"forged\"\n"
               "do = \"delay\"\nby = \"1s\"\n",
               {"0.000  A --> <SEQ=100><CTL=SYN> --> B",
                "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> XXX",
                "0.500  A <-- <SEQ=301><ACK=101><DATA=7><CTL=ACK> <-- B",
                "1.000  A <-- <SEQ=308><CTL=RST> <-- P"}) == "");
}

TEST_CASE("where its connection is over, it has the last numbers of that, not the next one's") {
  CHECK(unlike("[[rule]]\nwhen = { segment = \"handshake-ack\", connection = 1 }\n"
               "do = \"forge\"\nafter = \"3s\"\n",
               then(kOpened, {"0.400  A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B",
                              "0.500  A --> <SEQ=111><CTL=RST> --> B",
                              "1.000  A --> <SEQ=5000><CTL=SYN> --> B",
                              "1.000  A <-- <SEQ=9000><ACK=5001><CTL=SYN,ACK> <-- B",
                              "1.000  A --> <SEQ=5001><ACK=9001><CTL=ACK> --> B",
                              "3.000  P --> <SEQ=111><CTL=RST> --> B"})) == "");
}

TEST_CASE("an answer in the place of an end has that end's numbers where latesyn shifts them") {
  const std::string shifted =
      "[traffic]\nhandshake = \"server-first\"\nserver_isn = 5000\nclient_isn = 1000\n";
  const Conversation opened{"0.000  A --> <SEQ=100><CTL=SYN> --> P",
                            "0.000  P --> <SEQ=1000><CTL=SYN> --> B",
                            "0.000  P <-- <SEQ=300><ACK=1001><CTL=SYN,ACK> <-- B",
                            "0.000  P --> <SEQ=1001><ACK=301><CTL=ACK> --> B",
                            "0.000  A <-- <SEQ=5000><ACK=101><CTL=SYN,ACK> <-- P",
                            "0.000  A --> <SEQ=101><ACK=5001><CTL=ACK> --> B"};
  const std::string at_data = "[[rule]]\nwhen = { segment = \"data\", copy = 1 }\n";
  // Lines show what the speaker's own relay makes of it: the numbers before they are shifted.
  CHECK(unlike(shifted + at_data + "do = \"forge\"\n" + kToSender,
               then(opened, {"1.000  A --> <SEQ=101><ACK=5001><DATA=10><CTL=ACK> --> B",
                             "1.000  A <-- <SEQ=5001><CTL=RST> <-- P"})) == "");
}

}  // namespace latesyn::test
