#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

Match match_of(std::string_view when) {
  return with_rule("do = \"drop\"\nwhen = {" + std::string(when) + "}").rules[0].when;
}

/// `when` is in line 4, and what is in its braces starts in column 9.
std::string when_error(std::string_view when) {
  return rule_error("do = \"drop\"\nwhen = {" + std::string(when) + "}");
}

FlagMatch flags_of(std::string_view flags) {
  return *match_of("flags = \"" + std::string(flags) + "\"").flags;
}

}  // namespace

TEST_CASE("a rule without conditions matches everything") {
  const Match match = with_rule("do = \"drop\"").rules[0].when;
  CHECK(match.segments == SegmentKinds::all());
  CHECK_FALSE(match.from);
  CHECK_FALSE(match.copy);
  CHECK_FALSE(match.connection);
  CHECK_FALSE(match.every);
  CHECK_FALSE(match.life);
  CHECK_FALSE(match.flags);
  CHECK(match.probability == 1);
}

TEST_CASE("every condition is read") {
  const Match match = match_of(
      "segment = [\"fin\", \"rst\"], direction = \"to-client\", copy = 2, connection = 6, every = "
      "3, "
      "incarnation = \"stale\", flags = \"ACK ACK\", probability = 0.25");
  CHECK(match.segments == SegmentKinds().add(SegmentKind::fin).add(SegmentKind::rst));
  CHECK(match.from == Side::server);
  CHECK(match.copy == 2U);
  CHECK(match.connection == 6U);
  CHECK(match.every == 3U);
  CHECK(match.life == Life::stale);
  CHECK(match.flags == FlagMatch{.mask = 16, .set = 16});
  CHECK(match.probability == 0.25);
}

TEST_CASE("to the server means from the client") {
  CHECK(match_of("direction = \"to-server\"").from == Side::client);
  CHECK(match_of("incarnation = \"current\"").life == Life::current);
}

TEST_CASE("flags are a mask and what of it is set, as iptables has them") {
  CHECK(flags_of("SYN,ACK SYN") == FlagMatch{.mask = 0x12, .set = 0x02});
  CHECK(flags_of("ALL FIN,PSH,URG") == FlagMatch{.mask = 0x3f, .set = 0x29});
  CHECK(flags_of("PSH NONE") == FlagMatch{.mask = 0x08, .set = 0});
}

TEST_CASE("one list of flags means these and none else of FIN, SYN, RST and ACK") {
  CHECK(flags_of("RST,ACK") == FlagMatch{.mask = 0x17, .set = 0x14});
  CHECK(flags_of("NONE") == FlagMatch{.mask = 0x17, .set = 0});
}

TEST_CASE("what is no list of flags is refused") {
  const auto* const flags = GENERATE("", "syn", "SYN|ACK", "SYN,", "SYN SYN SYN", "SYN  SYN", "3");
  CHECK(when_error("flags = \"" + std::string(flags) + "\"") ==
        "p.toml:4:17: \"flags\" is \"" + std::string(flags) +
            "\"; write flags as iptables does, \"SYN,ACK SYN\" (of these, exactly those are set), "
            "out of FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, or ALL or NONE");
}

TEST_CASE("unknown words in conditions are refused with those that there are") {
  CHECK(when_error("segment = \"sin\"") ==
        "p.toml:4:19: \"segment\" is \"sin\"; did you mean \"syn\"? It is one of: syn, syn-ack, "
        "handshake-ack, ack, data, fin, rst");
  CHECK(when_error("segment = [\"syn\", 3]").starts_with("p.toml:4:27: \"segment\" is 3; "));
  CHECK(when_error("segment = []") ==
        "p.toml:4:19: \"segment\" is an empty list; write at least one kind");
  CHECK(when_error("direction = \"up\"") ==
        "p.toml:4:21: \"direction\" is \"up\"; one of: to-server, to-client");
  CHECK(when_error("incarnation = \"old\"") ==
        "p.toml:4:23: \"incarnation\" is \"old\"; one of: current, stale");
}

TEST_CASE("numbers in conditions start at one") {
  CHECK(when_error("copy = 0") ==
        "p.toml:4:16: \"copy\" is 0; write a whole number from 1 to 4294967295");
  CHECK(when_error("every = 1.5") ==
        "p.toml:4:17: \"every\" is 1.5; write a whole number from 1 to 4294967295");
  CHECK(when_error("connection = \"1\"") ==
        "p.toml:4:22: \"connection\" is \"1\"; write a whole number from 1 to 4294967295");
}

TEST_CASE("a probability is above zero and at most one") {
  CHECK(match_of("probability = 1").probability == 1);
  const auto* const value = GENERATE("0", "1.1", "-0.5", "nan", "inf", "true");
  CHECK(when_error("probability = " + std::string(value)) ==
        "p.toml:4:23: \"probability\" is " + std::string(value) +
            "; write a number above 0 and up to 1, for example 0.25");
}

TEST_CASE("an unknown condition is refused") {
  CHECK(
      when_error("segments = \"syn\"") ==
      "p.toml:4:9: unknown key \"segments\" in when; did you mean \"segment\"? It is one of: "
      "segment, direction, copy, connection, every, incarnation, flags, payload, position, state, "
      "option, no_option, ecn, probability");
  CHECK(rule_error("do = \"drop\"\nwhen = \"syn\"") ==
        "p.toml:4:8: \"when\" is \"syn\"; write a table, when");
}

}  // namespace latesyn::test
