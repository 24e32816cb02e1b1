#include "proxy/engine/rules/pipeline.hpp"

#include "tests/unit/known_packets.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

Segment segment_of(SegmentKind kind, std::uint32_t connection) {
  Segment segment;
  segment.kind = kind;
  segment.connection = connection;
  return segment;
}

std::vector<Matched> match(const Policy& policy, const Segment& segment) {
  const auto bytes = syn_v4();
  return matching_rules(policy, RuleIndex(policy.rules),
                        {segment, std::get<TcpView>(TcpView::over(bytes))}, 1);
}

/// The names of the rules that match a segment.
std::vector<std::string> matching(const Policy& policy, const Segment& segment) {
  std::vector<std::string> names;
  for (const Matched& m : match(policy, segment)) names.push_back(m.rule->name);
  return names;
}

/// How many departures leave for a SYN.
std::size_t departures(const Policy& policy, std::size_t most) {
  const Segment syn = segment_of(SegmentKind::syn, 1);
  auto matched = match(policy, syn);
  RuleMemory memory(1, 1);
  memory.use(policy.rules);
  Flow flow(syn.flow);
  return apply_rules(matched, {}, {{}, syn, 60, flow, memory}, most).departures.size();
}

}  // namespace

TEST_CASE("matching rules are found in file order, up to one that is the last") {
  const Policy policy = with_rule(
      "do = \"drop\"\n[[rule]]\ndo = \"hold\"\nwhen = {segment = \"syn\"}\nlast = true\n"
      "[[rule]]\ndo = \"replay\"");
  using Names = std::vector<std::string>;
  CHECK(matching(policy, segment_of(SegmentKind::syn, 1)) == Names{"drop 1", "hold 2"});
  CHECK(matching(policy, segment_of(SegmentKind::rst, 1)) == Names{"drop 1", "replay 3"});
}

TEST_CASE("of many rules, each about a connection or a kind of segment, all that match are found") {
  std::string text;
  for (int i = 1; i <= 40; ++i) {
    const std::string when = i % 3 == 0   ? "segment = \"rst\""
                             : i % 3 == 1 ? "connection = " + std::to_string(i % 7 + 1)
                                          : "every = 2";
    text += "do = \"drop\"\nwhen = {" + when + "}\n[[rule]]\n";
  }
  const Policy policy = with_rule(text + "do = \"drop\"");
  const auto bytes = syn_v4();
  const auto view = std::get<TcpView>(TcpView::over(bytes));
  for (std::uint32_t connection = 0; connection <= 9; ++connection) {
    for (const auto kind : {SegmentKind::syn, SegmentKind::rst}) {
      std::vector<std::string> all;
      for (const Rule& rule : policy.rules) {
        if (rule.when.covers({segment_of(kind, connection), view})) all.push_back(rule.name);
      }
      CHECK(matching(policy, segment_of(kind, connection)) == all);
    }
  }
}

TEST_CASE("a probability holds over many connections") {
  const Policy policy = with_rule("do = \"drop\"\nwhen = {probability = 0.25}");
  std::size_t hits = 0;
  for (std::uint32_t i = 1; i <= 10'000; ++i) {
    hits += matching(policy, segment_of(SegmentKind::syn, i)).size();
  }
  CHECK(hits > 2300);
  CHECK(hits < 2700);
}

TEST_CASE("an unrelated rule changes nothing about another's chance") {
  const auto hits = [](const std::string& before, const std::string& rule) {
    const Policy policy = with_rule(before + rule);
    std::string pattern;
    for (std::uint32_t i = 1; i <= 100; ++i) {
      const auto matched = match(policy, segment_of(SegmentKind::syn, i));
      const auto has = [&](const Matched& m) { return m.rule == &policy.rules.back(); };
      pattern += std::ranges::any_of(matched, has) ? 'x' : '.';
    }
    return pattern;
  };
  const std::string other = "do = \"drop\"\nwhen = {segment = \"rst\"}\n[[rule]]\n";
  const std::string unnamed = "do = \"drop\"\nwhen = {probability = 0.5}";
  const std::string named = unnamed + "\nname = \"some\"";
  CHECK(hits("", named) == hits(other, named));
  CHECK(hits("", unnamed) == hits(other, unnamed));
  CHECK(hits("", unnamed) != hits("", named));
  // Two that say the same are still two; where else they say it makes no difference.
  CHECK(hits(unnamed + "\n[[rule]]\n", unnamed) != hits("", unnamed));
  CHECK(hits(unnamed + "\n[[rule]]\n", unnamed) == hits(unnamed + "\n[[rule]]\n" + other, unnamed));
}

TEST_CASE("rules work on what those before them made") {
  const Policy policy = with_rule("do = \"duplicate\"\n[[rule]]\ndo = \"duplicate\"\ncount = 2");
  CHECK(departures(policy, 100) == 6);
}

TEST_CASE("copies of copies stop where there are too many to wait") {
  const Policy policy =
      with_rule("do = \"duplicate\"\ncount = 9999\n[[rule]]\ndo = \"duplicate\"\ncount = 9999");
  CHECK(departures(policy, 50'000) > 50'000);
  CHECK(departures(policy, 50'000) <= 60'000);
}

}  // namespace latesyn::test
