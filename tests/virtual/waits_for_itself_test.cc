// A copy, or a packet of ours, may wait for the very event that the segment that it is made of
// brings about: it has to be asleep before that segment goes on.

#include <fmt/format.h>

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

using Lines = std::vector<std::string>;

/// Plays a conversation under a policy; empty where it comes out as written.
std::string differs(const std::string& policy, const Lines& lines) {
  std::string text = "about = \"a\"\n" + policy + "\n[example]\nlines = [\n";
  for (const std::string& line : lines) text += fmt::format("  \"{}\",\n", line);
  const Policy parsed = parse_policy(text + "]\n", "p.toml");
  return difference(parsed.example, play(parsed, 1).lines);
}

Lines operator+(Lines lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

const Lines kOpening{"0.000  A --> <SEQ=100><CTL=SYN> --> B",
                     "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                     "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> B"};
const Lines kClosing{"1.000  A --> <SEQ=101><ACK=301><CTL=FIN,ACK> --> B",
                     "1.000  A <-- <SEQ=301><ACK=102><CTL=FIN,ACK> <-- B"};

/// A rule about `segment`, seen for the first time, that waits 100 ms after `once`.
std::string rule(const std::string& segment, const std::string& once, const std::string& does) {
  return fmt::format(
      "[[rule]]\nwhen = {{ segment = \"{}\", copy = 1 }}\nonce = \"{}\"\nafter = \"100ms\"\n"
      "do = {}",
      segment, once, does);
}

}  // namespace

TEST_CASE("what the last FIN leads to once its connection is closed leaves after that FIN") {
  const auto at_last_fin = [](const std::string& does) {
    return rule("fin\", direction = \"to-client", "closed", does);
  };
  CHECK(differs(at_last_fin("\"replay\""),
                kOpening + kClosing + Lines{"1.100  A <-- <SEQ=301><ACK=102><CTL=FIN,ACK> ..."}) ==
        "");
  CHECK(differs(at_last_fin("\"forge\""),
                kOpening + kClosing + Lines{"1.100  A <-- <SEQ=302><CTL=RST> <-- P"}) == "");
}

TEST_CASE("an ICMP error about the last FIN leaves once its connection is closed") {
  std::string text = "about = \"a\"\n" + rule("fin\", direction = \"to-client", "closed",
                                              "\"icmp\"\nerror = \"time-exceeded\"");
  text += "\n[example]\nlines = [\n";
  for (const std::string& line : kOpening + kClosing) text += fmt::format("  \"{}\",\n", line);
  const Played played = play(parse_policy(text + "]\n", "p.toml"), 1);
  CHECK(played.ended == Time(std::chrono::milliseconds(1100)));
}

TEST_CASE("what a handshake's ACK leads to once its connection is established leaves after it") {
  CHECK(differs(rule("handshake-ack", "established", "\"replay\""),
                kOpening + Lines{"0.100  ... <SEQ=101><ACK=301><CTL=ACK> --> B"}) == "");
  CHECK(differs(rule("handshake-ack", "established", "\"forge\""),
                kOpening + Lines{"0.100  P --> <SEQ=101><CTL=RST> --> B"}) == "");
}

TEST_CASE("what a SYN-ACK leads to where latesyn itself completes the handshake leaves, too") {
  CHECK(differs("[traffic]\nhandshake = \"server-first\"\n" +
                    rule("syn-ack", "established", "\"forge\"\nto = \"sender\""),
                {"0.000  A --> <SEQ=100><CTL=SYN> --> P", "0.000  P --> <SEQ=100><CTL=SYN> --> B",
                 "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                 "0.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                 "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- P",
                 "0.000  A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
                 "0.100  P --> <SEQ=101><CTL=RST> --> B"}) == "");
}

TEST_CASE("a copy that waits for what has happened before waits no more") {
  CHECK(differs(rule("fin\", direction = \"to-client", "established", "\"replay\""),
                kOpening + kClosing + Lines{"1.100  A <-- <SEQ=301><ACK=102><CTL=FIN,ACK> ..."}) ==
        "");
}

}  // namespace latesyn::test
