#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

/// The expectation's keys start in line 8.
std::string with_expectation(std::string_view keys) {
  return "about = \"a\"\n[[rule]]\nname = \"stuck\"\ndo = \"hold\"\n[[rule]]\ndo = \"drop\"\n"
         "[[expect]]\n" +
         std::string(keys);
}

std::string expect_error(std::string_view keys) { return error_of(with_expectation(keys)); }

}  // namespace

TEST_CASE("every key of an expectation is read") {
  const Policy policy =
      policy_of(with_expectation("of = \"stuck\"\noutcome = \"half-open\"\ncount = 3\n"
                                 "reached_application = false\nserver_state_min = \"1s\"\n"
                                 "server_state_max = \"2s\"\nexchanges = \"intact\""));
  REQUIRE(policy.expectations.size() == 1);
  const Expectation& e = policy.expectations[0];
  CHECK(e.of == "stuck");
  CHECK(e.outcome == Outcome::half_open);
  CHECK(e.count == 3U);
  CHECK(e.reached_application == false);
  CHECK(e.server_state_min == 1s);
  CHECK(e.server_state_max == 2s);
  CHECK(e.intact);
}

TEST_CASE("an expectation asks for something") {
  CHECK(expect_error("of = \"stuck\"") ==
        "p.toml:7:1: this [[expect]] asks for nothing; write for example outcome = \"reset\" or "
        "count = 3");
}

TEST_CASE("an expectation is of a rule that exists") {
  CHECK(expect_error("of = \"stuk\"\ncount = 1") ==
        "p.toml:8:6: \"of\" is \"stuk\"; did you mean \"stuck\"? It is one of: stuck, drop 2");
}

TEST_CASE("an expectation is of a rule that can make a SYN late") {
  CHECK(expect_error("of = \"drop 2\"\ncount = 1") ==
        "p.toml:8:6: rule \"drop 2\" never makes a SYN late; name a rule that holds, delays or "
        "copies SYNs");
}

TEST_CASE("an outcome is one of those that there are") {
  CHECK(expect_error("outcome = \"gost\"") ==
        "p.toml:8:11: \"outcome\" is \"gost\"; did you mean \"ghost\"? It is one of: ignored, "
        "refused, reset, half-open, ghost, challenged, repeated, reopened, assassinated");
}

TEST_CASE("the bounds on the server's state are in order") {
  CHECK(expect_error("server_state_min = \"2s\"\nserver_state_max = \"1s\"") ==
        "p.toml:7:1: \"server_state_min\" is above \"server_state_max\"; swap them");
}

TEST_CASE("exchanges are intact or not spoken of") {
  CHECK(expect_error("exchanges = \"broken\"") ==
        "p.toml:8:13: \"exchanges\" is \"broken\"; one of: intact");
}

TEST_CASE("an unknown key of an expectation is refused") {
  CHECK(expect_error("outcom = \"reset\"") ==
        "p.toml:8:1: unknown key \"outcom\" in [[expect]]; did you mean \"outcome\"? It is one of: "
        "of, outcome, count, matched, reached_application, server_state_min, server_state_max, "
        "exchanges, example, client_final, client_reached, client_never, client_counters, "
        "client_status, server_final, server_reached, server_never, server_counters, "
        "server_status, accepted, served");
}

TEST_CASE("any rule can be expected to match so many segments, or at least so many") {
  const auto matched = [](const std::string& keys) {
    return *policy_of(with_expectation(keys)).expectations[0].matched;
  };
  CHECK(matched("of = \"drop 2\"\nmatched = 3") == CountBound{3, false});
  CHECK(matched("matched = \">= 1\"") == CountBound{1, true});
  CHECK(expect_error("matched = \"many\"") ==
        "p.toml:8:11: \"matched\" is \"many\"; write how many segments: 3, or at least so many: "
        "\">= 3\"");
  CHECK(expect_error("of = \"drop 2\"\nmatched = 3\ncount = 1") ==
        "p.toml:8:6: rule \"drop 2\" never makes a SYN late; name a rule that holds, delays or "
        "copies SYNs");
  CHECK(error_of("about = \"a\"\n[[replay]]\nfile = \"old\"\n[[expect]]\nof = \"old\"\n"
                 "matched = 1") ==
        "p.toml:5:6: \"old\" is a [[replay]], which matches no segments; name a rule, or leave out "
        "\"matched\"");
}

TEST_CASE("late SYNs are not expected where no rule makes any") {
  const std::string text = "about = \"a\"\n[[rule]]\ndo = \"drop\"\n[[expect]]\n";
  CHECK(error_of(text + "outcome = \"reset\"") ==
        "p.toml:4:1: no rule of this policy makes a SYN late; write count = 0, or a rule that "
        "holds, delays or copies SYNs");
  CHECK(error_of(text + "count = 0").empty());
  CHECK(error_of(text + "exchanges = \"intact\"").empty());
  CHECK(error_of("about = \"a\"\n[[expect]]\nof = \"x\"\ncount = 1") ==
        "p.toml:3:6: this policy has no rules; leave out \"of\"");
}

}  // namespace latesyn::test
