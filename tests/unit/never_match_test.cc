// Rules that can never match are refused, and no others.

#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

/// What is said of a rule with these conditions, behind "the rule can never match: ".
std::string never(std::string_view when, std::string_view impairment = "drop") {
  const std::string error =
      rule_error("do = \"" + std::string(impairment) + "\"\nwhen = {" + std::string(when) + "}");
  const std::string start = "p.toml:4:8: the rule can never match: ";
  return error.starts_with(start) ? error.substr(start.size()) : error;
}

/// The same for a rule behind another that is the last for what it matches.
std::string behind_last(std::string_view first, std::string_view second) {
  return rule_error("do = \"drop\"\nlast = true\nwhen = {" + std::string(first) +
                    "}\n[[rule]]\ndo = \"drop\"\nwhen = {" + std::string(second) + "}");
}

const std::string kTaken =
    "p.toml:6:1: the rule can never match: rule 1 \"drop 1\" is the last for every such segment; "
    "put this rule before it, or leave out \"last\" there";

}  // namespace

TEST_CASE("a segment and flags that contradict it never match") {
  CHECK(never("segment = \"syn\", flags = \"ACK ACK\"") ==
        "no such segment has ACK of ACK set; leave out segment or flags");
  CHECK(never("segment = [\"data\", \"ack\"], flags = \"RST,FIN\"") ==
        "no such segment has FIN,RST of FIN,SYN,RST,ACK set; leave out segment or flags");
  CHECK(never("segment = \"fin\", flags = \"FIN NONE\"") ==
        "no such segment has NONE of FIN set; leave out segment or flags");
}

TEST_CASE("flags outside their own mask never match") {
  CHECK(rule_error("do = \"drop\"\nwhen = {flags = \"SYN ACK\"}") ==
        "p.toml:4:17: the rule can never match: ACK must be set, but only SYN is looked at; name "
        "every flag in the first list");
}

TEST_CASE("a handshake-ack never goes to the client") {
  CHECK(never("segment = \"handshake-ack\", direction = \"to-client\"") ==
        "a handshake-ack is the client's, so it never goes to the client; leave direction out");
}

TEST_CASE("a connection that is none of every so many never matches") {
  CHECK(never("connection = 4, every = 3") ==
        "connection 4 is not one of every 3; leave out connection or every");
}

TEST_CASE("an impairment never acts on segments that it is not meant for") {
  CHECK(never("segment = [\"syn\", \"rst\"]", "confirm") ==
        "confirm acts on syn-ack only; leave out segment");
}

TEST_CASE("a rule acts only on what its impairment is meant for") {
  const Policy policy = with_rule("do = \"confirm\"\nwhen = {incarnation = \"stale\"}");
  CHECK(policy.rules[0].when.outline().named == SegmentKinds().add(SegmentKind::syn_ack));
}

TEST_CASE("what is only unusual is allowed") {
  CHECK(never("segment = \"syn\", direction = \"to-client\"").empty());  // simultaneous open
  CHECK(never("segment = \"syn-ack\", direction = \"to-server\"").empty());
  CHECK(never("segment = \"rst\", flags = \"RST,ACK RST\"").empty());
  CHECK(never("segment = [\"syn\", \"data\"], flags = \"ACK ACK\"").empty());
  CHECK(never("connection = 6, every = 3").empty());
  CHECK(never("segment = \"syn\", incarnation = \"stale\"").empty());
}

TEST_CASE("a rule behind the last for everything never matches") {
  CHECK(behind_last("", "segment = \"syn\"") == kTaken);
}

TEST_CASE("a rule behind the last for all that it matches never matches") {
  CHECK(behind_last("segment = [\"syn\", \"rst\"]", "segment = \"syn\", copy = 1") == kTaken);
  CHECK(behind_last("direction = \"to-server\"", "direction = \"to-server\", probability = 0.5") ==
        kTaken);
  CHECK(behind_last("every = 3", "every = 6") == kTaken);
  CHECK(behind_last("every = 3", "connection = 9") == kTaken);
  CHECK(behind_last("flags = \"SYN SYN\"", "flags = \"SYN,ACK SYN,ACK\"") == kTaken);
}

TEST_CASE("a rule behind the last for some of what it matches can match") {
  CHECK(behind_last("segment = \"syn\"", "segment = [\"syn\", \"rst\"]").empty());
  CHECK(behind_last("segment = \"syn\", probability = 0.5", "segment = \"syn\"").empty());
  CHECK(behind_last("copy = 1", "copy = 2").empty());
  CHECK(behind_last("every = 6", "every = 3").empty());
  CHECK(behind_last("every = 3", "connection = 10").empty());
  CHECK(behind_last("connection = 3", "every = 3").empty());
  CHECK(behind_last("direction = \"to-server\"", "").empty());
  CHECK(behind_last("flags = \"SYN,ACK SYN\"", "flags = \"SYN SYN\"").empty());
  CHECK(behind_last("incarnation = \"stale\"", "incarnation = \"current\"").empty());
}

}  // namespace latesyn::test
