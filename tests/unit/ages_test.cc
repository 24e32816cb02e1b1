// What the loader, check and the plan make of `after` and `before`.

#include "proxy/describe/describe.hpp"
#include "proxy/intercept/plan.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

std::string ages_error(const std::string& when) {
  return rule_error("do = \"drop\"\nwhen = {" + when + "}");
}

std::string ages_sentence(const std::string& when) {
  return describe(with_rule("do = \"drop\"\nwhen = {" + when + "}").rules[0]);
}

Plan plan_of_ages(const std::string& when) {
  return make_plan(with_rule("do = \"delay\"\nby = \"1ms\"\nwhen = {" + when + "}"), kRouter);
}

/// The error of a rule behind a `last` one.
std::string behind(const std::string& first, const std::string& second) {
  return rule_error("do = \"drop\"\nlast = true\nwhen = {" + first +
                    "}\n[[rule]]\ndo = \"drop\"\nwhen = {" + second + "}");
}

}  // namespace

TEST_CASE("check says since when") {
  CHECK(ages_sentence("after = \"10s\", before = { start = \"1m\" }") ==
        "\"drop 1\": any segment, at least 10s after the start, less than 1m after the start, is "
        "dropped");
  CHECK(ages_sentence("segment = \"data\", after = { idle = \"30s\", handshake = \"2s\" }") ==
        "\"drop 1\": data, at least 2s after its handshake, at least 30s after its connection's "
        "last segment, is dropped");
  CHECK(ages_sentence("before = { connection = \"500ms\" }") ==
        "\"drop 1\": any segment, less than 500ms after its connection's first SYN, is dropped");
}

TEST_CASE("what is no time, or since nothing that is known, is refused") {
  CHECK(ages_error("after = 10") ==
        "p.toml:4:17: \"after\" is 10; write a number and a unit (ns, us, ms, s, m, h), for "
        "example \"300ms\"");
  CHECK(ages_error("after = { handshake = 2 }") ==
        "p.toml:4:31: \"handshake\" is 2; write a number and a unit (ns, us, ms, s, m, h), for "
        "example \"300ms\"");
  CHECK(ages_error("before = {}") ==
        "p.toml:4:18: \"before\" is empty; write since when, for example before = { handshake = "
        "\"2s\" }");
  CHECK(ages_error("after = { handshak = \"2s\" }") ==
        "p.toml:4:19: unknown key \"handshak\" in after; did you mean \"handshake\"? It is one of: "
        "start, connection, handshake, idle");
}

TEST_CASE("a time that is over when it begins never comes") {
  const std::string never = "p.toml:4:8: the rule can never match: ";
  CHECK(ages_error("after = \"10s\", before = \"10s\"") ==
        never +
            "when \"after\" (start) is reached, \"before\" (start) is over; let \"after\" be the "
            "shorter time");
  CHECK(ages_error("after = { handshake = \"5s\" }, before = { connection = \"3s\" }") ==
        never +
            "when \"after\" (handshake) is reached, \"before\" (connection) is over; let \"after\" "
            "be the shorter time");
  CHECK(ages_error("before = { idle = \"0s\" }") ==
        "p.toml:4:18: the rule can never match: nothing comes before 0s; write a longer time, or "
        "leave out \"before\"");
  CHECK(ages_error("after = \"10s\", before = \"11s\"").empty());
  CHECK(ages_error("after = { connection = \"5s\" }, before = { handshake = \"3s\" }").empty());
}

TEST_CASE("of two rules about times the second is only refused where the first takes all of it") {
  const std::string taken =
      "p.toml:6:1: the rule can never match: rule 1 \"drop 1\" is the last for every such segment; "
      "put this rule before it, or leave out \"last\" there";
  CHECK(behind("after = \"5s\"", "after = \"6s\"") == taken);
  CHECK(behind("before = { idle = \"5s\" }", "before = { idle = \"5s\" }") == taken);
  CHECK(behind("after = \"6s\"", "after = \"5s\"").empty());
  CHECK(behind("after = \"5s\"", "after = { connection = \"6s\" }").empty());
  CHECK(behind("before = \"5s\"", "").empty());
  CHECK(behind("before = \"5s\"", "before = \"6s\"").empty());
}

TEST_CASE("what a time hangs on is taken in, and nothing more") {
  const Plan control{.take = Take::bare, .copy_bytes = 0xffff, .gso = true};
  const auto syn = [](const std::string& age) {
    return make_plan(
        with_rule("do = \"hold\"\nuntil = \"closed\"\nwhen = {segment = \"syn\", " + age + "}"),
        kRouter);
  };
  CHECK(syn("after = \"1s\"") == control);
  CHECK(syn("after = { connection = \"1s\" }") == control);
  CHECK(syn("after = { idle = \"1s\" }").take == Take::all);
  CHECK(syn("before = { handshake = \"1s\" }").take == Take::all);
}

TEST_CASE("bundles stay whole where a time is the same for all of their segments") {
  CHECK(plan_of_ages("after = \"1s\", before = { connection = \"5s\" }").gso);
  CHECK_FALSE(plan_of_ages("after = { idle = \"1s\" }").gso);
  CHECK_FALSE(plan_of_ages("after = { handshake = \"1s\" }").gso);
}

}  // namespace latesyn::test
