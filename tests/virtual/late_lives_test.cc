// Late SYNs between the lives of one pair of ports: whose answer is whose, and what stays as it was
// judged.

#include <fmt/format.h>

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

std::string answer(const Answer& a) {
  return a.times == 0 ? "nothing" : fmt::format("{} x{}", a.flags.text(), a.times);
}

/// "1: reset, server said SYN,ACK x1, client said RST x1", a line for each late SYN of what
/// happens; and what happens must be what is written.
std::string outcomes(const std::string& rules, const std::vector<std::string>& lines) {
  std::string text = "about = \"a\"\n" + rules + "[example]\nlines = [\n";
  for (const std::string& line : lines) text += fmt::format("  \"{}\",\n", line);
  const Policy policy = parse_policy(text + "]\n", "p.toml");
  const Played played = play(policy, 1);
  CHECK(difference(policy.example, played.lines) == "");
  std::string out;
  for (const LateSyn& late : played.late_syns) {
    out += fmt::format("{}: {}, server said {}, client said {}{}\n", late.id, name(late.outcome),
                       answer(late.server_answer), answer(late.client_answer),
                       late.state_from && !late.state_until ? ", state still held" : "");
  }
  return out;
}

/// The first SYN is stuck for four seconds, and its retransmissions are lost.
constexpr const char* kStuck =
    "[[rule]]\nwhen = { segment = \"syn\", copy = 1 }\ndo = \"hold\"\nafter = \"4s\"\nlast = "
    "true\n[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"drop\"\n";
/// The first connection's SYN comes again when it is released by hand.
constexpr const char* kOldSyn =
    "[[rule]]\nwhen = { segment = \"syn\", connection = 1, copy = 1 }\ndo = \"replay\"\nonce = "
    "\"released\"\n";

using Lines = std::vector<std::string>;

Lines operator+(Lines lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

/// A connection that the server closes first: it is in TIME-WAIT then.
const Lines kServerCloses{"0.0 A --> <SEQ=100><CTL=SYN> --> B",
                          "0.0 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                          "0.0 A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                          "0.1 A <-- <SEQ=301><ACK=101><CTL=FIN,ACK> <-- B",
                          "0.1 A --> <SEQ=101><ACK=302><CTL=FIN,ACK> --> B",
                          "0.1 A <-- <SEQ=302><ACK=102><CTL=ACK> <-- B"};
/// The next one of the same ports.
const Lines kNext{"9.0 A --> <SEQ=200><CTL=SYN> --> B",
                  "9.0 A <-- <SEQ=400><ACK=201><CTL=SYN,ACK> <-- B",
                  "9.0 A --> <SEQ=201><ACK=401><CTL=ACK> --> B"};

}  // namespace

TEST_CASE("a SYN whose client has given up is late, and its client's answer tells") {
  CHECK(outcomes(kStuck, {"0.0 A --> <SEQ=100><CTL=SYN> ...", "1.0 A --> <SEQ=100><CTL=SYN> XXX",
                          "4.0 ... <SEQ=100><CTL=SYN> --> B",
                          "4.0 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                          "4.0 A --> <SEQ=101><CTL=RST> --> B"}) ==
        "1: reset, server said SYN,ACK x1, client said RST x1\n");
}

TEST_CASE("where the answer of a client that has given up is lost, the server stays half-open") {
  CHECK(outcomes(
            std::string(kStuck) + "[[rule]]\nwhen = { segment = \"rst\" }\ndo = \"drop\"\n",
            {"0.0 A --> <SEQ=100><CTL=SYN> ...", "4.0 ... <SEQ=100><CTL=SYN> --> B",
             "4.0 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B", "4.0 A --> <SEQ=101><CTL=RST> XXX",
             "5.0 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
             "5.0 A --> <SEQ=101><CTL=RST> XXX"}) ==
        "1: half-open, server said SYN,ACK x2, client said RST x2, state still held\n");
}

TEST_CASE("a client that waited for a slow SYN is alive, whatever it resets later") {
  const Lines connects{"0.0 A --> <SEQ=100><CTL=SYN> ...", "4.0 ... <SEQ=100><CTL=SYN> --> B",
                       "4.0 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B"};
  CHECK(outcomes(kStuck, connects + Lines{"4.0 A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                                          "5.0 A --> <SEQ=101><CTL=RST> --> B"}) == "");
  CHECK(outcomes(kStuck, connects + Lines{"5.0 A --> <SEQ=101><ACK=301><CTL=RST,ACK> --> B"}) ==
        "");
}

TEST_CASE("what an abandoned SYN has left is gone once another connection is confirmed") {
  CHECK(
      outcomes(
          std::string(kStuck) + "[[rule]]\nwhen = { segment = \"rst\", copy = 1 }\ndo = \"drop\"\n",
          {"0.0 A --> <SEQ=100><CTL=SYN> ...", "4.0 ... <SEQ=100><CTL=SYN> --> B",
           "4.0 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B", "4.0 A --> <SEQ=101><CTL=RST> XXX",
           "6.0 A --> <SEQ=200><CTL=SYN> ...", "10.0 ... <SEQ=200><CTL=SYN> --> B",
           "10.0 A <-- <SEQ=301><ACK=101><CTL=ACK> <-- B",
           "10.0 A --> <SEQ=101><CTL=RST> --> B"}) ==
      "1: reset, server said SYN,ACK x1, client said RST x2\n");
}

TEST_CASE("a TIME-WAIT that was assassinated stays so when its ports are used again") {
  CHECK(outcomes(kOldSyn, kServerCloses +
                              Lines{"3.0 release", "3.0 ... <SEQ=100><CTL=SYN> --> B",
                                    "3.0 A <-- <SEQ=302><ACK=102><CTL=ACK> <-- B",
                                    "3.0 A --> <SEQ=102><CTL=RST> --> B"} +
                              kNext) ==
        "1: assassinated, server said ACK x1, client said RST x1\n");
}

TEST_CASE("a SYN that was challenged stays so when the TIME-WAIT goes for another connection") {
  CHECK(outcomes(std::string(kOldSyn) + "[[rule]]\nwhen = { segment = \"rst\" }\ndo = \"drop\"\n",
                 kServerCloses +
                     Lines{"3.0 release", "3.0 ... <SEQ=100><CTL=SYN> --> B",
                           "3.0 A <-- <SEQ=302><ACK=102><CTL=ACK> <-- B",
                           "3.0 A --> <SEQ=102><CTL=RST> XXX"} +
                     kNext + Lines{"9.1 A <-- <SEQ=401><ACK=201><CTL=ACK> <-- B"}) ==
        "1: challenged, server said ACK x1, client said RST x1\n");
}

TEST_CASE("a SYN that was never answered gets no answer of a later connection's") {
  CHECK(outcomes(kOldSyn, kServerCloses + Lines{"3.0 release", "3.0 ... <SEQ=100><CTL=SYN> --> B"} +
                              kNext + Lines{"9.1 A <-- <SEQ=401><ACK=201><CTL=ACK> <-- B"}) ==
        "1: ignored, server said nothing, client said nothing\n");
}

TEST_CASE("a RST for the connection before is not the end of the one that has just begun") {
  const std::string rules = std::string(kOldSyn) + R"(
[[rule]]
when = { segment = "syn", connection = 2 }
acts_on = "original"
do = "delay"
by = "50ms"
[[rule]]
when = { segment = "data", connection = 2 }
do = "replay"
once = "closed"
)";
  CHECK(outcomes(rules,
                 kServerCloses + Lines{"3.0 A --> <SEQ=200><CTL=SYN> ...", "3.01 release",
                                       "3.01 ... <SEQ=100><CTL=SYN> --> B",
                                       "3.01 A <-- <SEQ=302><ACK=102><CTL=ACK> <-- B",
                                       "3.01 A --> <SEQ=102><CTL=RST> --> B",
                                       "3.05 ... <SEQ=200><CTL=SYN> --> B",
                                       "3.05 A <-- <SEQ=400><ACK=201><CTL=SYN,ACK> <-- B",
                                       "3.05 A --> <SEQ=201><ACK=401><CTL=ACK> --> B",
                                       "3.06 A --> <SEQ=201><ACK=401><DATA=10><CTL=ACK> --> B"}) ==
        "1: assassinated, server said ACK x1, client said RST x1\n");
}

TEST_CASE("of copies that leave at once the first is answered first") {
  const std::string five =
      "[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"replay\"\nonce = \"closed\"\nafter = "
      "\"1s\"\ncount = 5\nspacing = \"0s\"\n";
  const std::string copy = "1.0 ... <SEQ=100><CTL=SYN> --> B",
                    confirms = "1.0 A <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- B",
                    disowns = "1.0 A --> <SEQ=101><CTL=RST> --> B";
  CHECK(outcomes(five, {"0.0 A --> <SEQ=100><CTL=SYN> --> B",
                        "0.0 A <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- B", copy, copy, copy, copy,
                        copy, confirms, confirms, disowns, disowns}) ==
        "1: reset, server said SYN,ACK x1, client said RST x1\n"
        "2: repeated, server said SYN,ACK x1, client said RST x1\n"
        "3: ignored, server said nothing, client said nothing\n"
        "4: ignored, server said nothing, client said nothing\n"
        "5: ignored, server said nothing, client said nothing\n");
}

TEST_CASE("a SYN-ACK that is sent again after a second is no answer to another copy") {
  const std::string twice =
      "[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"replay\"\nonce = \"closed\"\ncount = "
      "2\nspacing = \"0s\"\n[[rule]]\nwhen = { segment = \"rst\", direction = \"to-server\" }\ndo "
      "= "
      "\"drop\"\n";
  CHECK(outcomes(twice, {"0.0 A --> <SEQ=100><CTL=SYN> --> B",
                         "0.0 A <-- <SEQ=0><ACK=101><CTL=RST,ACK> <-- B",
                         "0.0 ... <SEQ=100><CTL=SYN> --> B", "0.0 ... <SEQ=100><CTL=SYN> --> B",
                         "0.1 A <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- B",
                         "1.1 A <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- B"}) ==
        "1: half-open, server said SYN,ACK x2, client said nothing, state still held\n"
        "2: ignored, server said nothing, client said nothing\n");
}

}  // namespace latesyn::test
