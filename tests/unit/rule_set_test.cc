#include "proxy/engine/rules/rule_set.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/known_packets.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using Names = std::vector<std::string>;

std::vector<Matched> match_syn(const RuleSet& rules) {
  const auto bytes = syn_v4();
  Segment syn;
  syn.kind = SegmentKind::syn;
  return rules.matching({syn, std::get<TcpView>(TcpView::over(bytes))});
}

Names names(const std::vector<Matched>& matched) {
  Names names;
  for (const Matched& m : matched) names.push_back(m.rule->name);
  return names;
}

constexpr std::string_view kTwo =
    "do = \"delay\"\nby = \"1s\"\nname = \"slow\"\n[[rule]]\ndo = \"replay\"\nname = \"again\"";

}  // namespace

TEST_CASE("a rule keeps its number and its count over a reload that moves it") {
  RuleSet rules(with_rule(kTwo), 1, 10, 10);
  const auto before = match_syn(rules);
  REQUIRE(names(before) == Names{"slow", "again"});
  rules.book().matched(before[1].number);
  rules.use(
      with_rule("do = \"drop\"\nname = \"new\"\n[[rule]]\ndo = \"replay\"\nname = \"again\""));
  const auto after = match_syn(rules);
  REQUIRE(names(after) == Names{"new", "again"});
  CHECK(after[1].number == before[1].number);
  CHECK(after[1].place == 1);
  CHECK(rules.book().counts() == std::vector<RuleCount>{{"slow"}, {"again", 1}, {"new"}});
}

TEST_CASE(
    "of the rules that a departure has yet to come to those stay that have their name still") {
  RuleSet rules(with_rule(kTwo), 1, 10, 10);
  std::vector<Pending> pending;
  for (const Matched& m : match_syn(rules)) pending.push_back({m.number, m.rng});
  CHECK(names(rules.still_there(pending)) == Names{"slow", "again"});
  rules.use(with_rule("do = \"drop\"\nname = \"new\"\n[[rule]]\ndo = \"drop\"\nname = \"slow\""));
  const auto rest = rules.still_there(pending);
  REQUIRE(names(rest) == Names{"slow"});
  CHECK(rest[0].place == 1);
  CHECK(rest[0].rule->effects.captures == false);  // as it is now: it drops
}

TEST_CASE("what the rules ask of the engine changes with them") {
  RuleSet rules(with_rule(kTwo), 1, 10, 10);
  CHECK_FALSE(rules.asks_for_moments());
  rules.use(with_rule("do = \"drop\"\nwhen = { after = { connection = \"1s\" } }"));
  CHECK(rules.asks_for_moments());
}

}  // namespace latesyn::test
