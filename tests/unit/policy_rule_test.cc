#include "tests/unit/policy_text.hpp"

namespace latesyn::test {

TEST_CASE("a rule has an impairment, a name and whether it is the last") {
  const Policy policy = with_rule("name = \"stuck\"\ndo = \"hold\"\nafter = \"2s\"\nlast = true");
  REQUIRE(policy.rules.size() == 1);
  const Rule& rule = policy.rules[0];
  CHECK(rule.name == "stuck");
  CHECK(rule.kind == find_impairment("hold"));
  CHECK(rule.impairment->sentence() == "is held until 2s after its arrival");
  CHECK(rule.last);
}

TEST_CASE("a rule without a name is called after its impairment and its number") {
  const Policy policy = with_rule("do = \"drop\"\n[[rule]]\ndo = \"duplicate\"");
  CHECK(policy.rules[0].name == "drop 1");
  CHECK(policy.rules[1].name == "duplicate 2");
}

TEST_CASE("parameters that are left out have their defaults") {
  const Policy policy = with_rule("do = \"replay\"");
  CHECK(policy.rules[0].impairment->sentence() ==
        "goes on, and a copy of it comes once its connection is closed");
}

TEST_CASE("a rule does something") {
  CHECK(rule_error("name = \"a\"") ==
        "p.toml:2:1: \"do\" is missing from [[rule]]; write for example do = \"hold\"");
}

TEST_CASE("an unknown impairment is refused with those that there are") {
  CHECK(rule_error("do = \"dorp\"") ==
        "p.toml:3:6: \"do\" is \"dorp\"; did you mean \"drop\"? It is one of: confirm, corrupt, "
        "delay, drop, duplicate, flags, forge, handshake, hold, icmp, loss, rate, replay, "
        "reset, rewrite, strip, truncate");
  CHECK(rule_error("do = 5").starts_with("p.toml:3:6: \"do\" is 5; one of: confirm, corrupt"));
}

TEST_CASE("a key that the impairment does not read is refused") {
  CHECK(rule_error("do = \"drop\"\nafter = \"2s\"") ==
        "p.toml:4:1: unknown key \"after\" in [[rule]]; one of: do, name, when, last, "
        "acts_on");
  CHECK(rule_error("do = \"hold\"\nuntill = \"closed\"") ==
        "p.toml:4:1: unknown key \"untill\" in [[rule]]; did you mean \"until\"? It is one of: do, "
        "name, when, last, acts_on, until, after");
}

TEST_CASE("a parameter that has no default must be there") {
  CHECK(rule_error("do = \"delay\"") ==
        "p.toml:2:1: \"by\" is missing from [[rule]]; write for example by = \"300ms\"");
}

TEST_CASE("a duration needs quotes and a unit") {
  CHECK(rule_error("do = \"hold\"\nafter = 2") ==
        "p.toml:4:9: \"after\" is 2; write a number and a unit (ns, us, ms, s, m, h), for example "
        "\"300ms\"");
  CHECK(rule_error("do = \"hold\"\nafter = \"2 s\"") ==
        "p.toml:4:9: \"after\" is \"2 s\"; write a number and a unit (ns, us, ms, s, m, h), for "
        "example \"300ms\"");
}

TEST_CASE("a count is a whole number within its bounds") {
  const auto* const value = GENERATE("0", "10001", "-1", "1.5", "\"2\"", "9223372036854775807");
  const std::string error = rule_error("do = \"duplicate\"\ncount = " + std::string(value));
  CHECK(error == "p.toml:4:9: \"count\" is " + std::string(value) +
                     "; write a whole number from 1 to 10000");
}

TEST_CASE("a choice is one of its words") {
  CHECK(rule_error("do = \"hold\"\nuntil = \"close\"") ==
        "p.toml:4:9: \"until\" is \"close\"; did you mean \"closed\"? It is one of: arrived, "
        "established, closed, released");
  CHECK(rule_error("do = \"delay\"\nby = \"1s\"\ndistribution = [\"normal\"]") ==
        "p.toml:5:16: \"distribution\" is a list; one of: uniform, normal");
}

TEST_CASE("two rules never share a name") {
  CHECK(rule_error("do = \"drop\"\n[[rule]]\nname = \"drop 1\"\ndo = \"hold\"") ==
        "p.toml:4:1: rule 1 is named \"drop 1\" already; give each rule a name of its own");
}

TEST_CASE("a name is text and not empty") {
  CHECK(rule_error("do = \"drop\"\nname = \"\"") ==
        "p.toml:4:8: \"name\" is \"\"; write a name, or leave it out");
  CHECK(rule_error("do = \"drop\"\nname = 1") ==
        "p.toml:4:8: \"name\" is 1; write a name in quotes");
}

TEST_CASE("last is true or false") {
  CHECK(rule_error("do = \"drop\"\nlast = \"yes\"") ==
        "p.toml:4:8: \"last\" is \"yes\"; write true or false");
}

TEST_CASE("a thousand rules are enough") {
  std::string text = "about = \"a\"\n";
  for (int i = 0; i < 1001; ++i) text += "[[rule]]\ndo = \"drop\"\n";
  CHECK(error_of(text) == "p.toml:2:1: \"rule\" has 1001 entries; at most 1000 are allowed");
}

}  // namespace latesyn::test
