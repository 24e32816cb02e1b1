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

}  // namespace

TEST_CASE("a rule without conditions matches everything") {
  const Outline outline = with_rule("do = \"drop\"").rules[0].when.outline();
  CHECK(outline.named == SegmentKinds::all());
  CHECK(outline.kinds == SegmentKinds::all());
  CHECK_FALSE(outline.from);
  CHECK_FALSE(outline.copy);
  CHECK_FALSE(outline.connection);
  CHECK_FALSE(outline.every);
  CHECK_FALSE(outline.life);
  CHECK(outline.payload == NumberRange{});
  CHECK_FALSE(outline.splits_bundles);
  CHECK_FALSE(outline.asks_for_others);
  CHECK_FALSE(outline.asks_for_moments);
}

TEST_CASE("what conditions ask for is in their outline") {
  const Outline outline =
      match_of(
          "segment = [\"fin\", \"rst\"], direction = \"to-client\", copy = 2, connection = 6, "
          "every "
          "= 3, incarnation = \"stale\", flags = \"RST NONE\", payload = \"0-9\"")
          .outline();
  CHECK(outline.named == SegmentKinds().add(SegmentKind::fin).add(SegmentKind::rst));
  CHECK(outline.kinds == SegmentKinds().add(SegmentKind::fin));
  CHECK(outline.from == Side::server);
  CHECK(outline.copy == 2U);
  CHECK(outline.connection == 6U);
  CHECK(outline.every == 3U);
  CHECK(outline.life == Life::stale);
  CHECK(outline.payload == NumberRange{.last = 9});
  CHECK(outline.splits_bundles);
}

TEST_CASE("only what may cover a part of a bundle of segments splits it") {
  const auto splits = [](const std::string& when) {
    return match_of(when).outline().splits_bundles;
  };
  for (const char* part : {"copy = 1", "flags = \"PSH PSH\"", "payload = 10", "position = \"0-50\"",
                           "state = \"closed\"", "ecn = \"ce\"", "probability = 0.5"}) {
    INFO(part);
    CHECK(splits(part));
  }
  for (const char* whole : {"segment = \"data\"", "direction = \"to-server\"", "connection = 1",
                            "every = 2", "incarnation = \"stale\"", "option = \"timestamps\"",
                            "no_option = \"sack\"", "probability = 1"}) {
    INFO(whole);
    CHECK_FALSE(splits(whole));
  }
}

TEST_CASE("to the server means from the client") {
  CHECK(match_of("direction = \"to-server\"").outline().from == Side::client);
  CHECK(match_of("incarnation = \"current\"").outline().life == Life::current);
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
  CHECK(match_of("probability = 1").phrases() == "");
  CHECK(match_of("probability = 0.25").phrases() == ", with a chance of 25 %");
  const auto* const value = GENERATE("0", "1.1", "-0.5", "nan", "inf", "true");
  CHECK(when_error("probability = " + std::string(value)) ==
        "p.toml:4:23: \"probability\" is " + std::string(value) +
            "; write a number above 0 and up to 1, for example 0.25");
}

TEST_CASE("an unknown condition is refused") {
  CHECK(when_error("segments = \"syn\"") ==
        "p.toml:4:9: unknown key \"segments\" in when; did you mean \"segment\"? It is one of: "
        "segment, direction, connection, copy, every, incarnation, ecn, flags, no_option, option, "
        "payload, position, after, before, state, probability");
  CHECK(rule_error("do = \"drop\"\nwhen = \"syn\"") ==
        "p.toml:4:8: \"when\" is \"syn\"; write a table, when");
}

}  // namespace latesyn::test
