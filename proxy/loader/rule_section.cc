#include <fmt/format.h>

#include <algorithm>

#include "proxy/describe/describe.hpp"
#include "proxy/loader/policy_sections.hpp"
#include "proxy/values/rng.hpp"
#include "proxy/values/stable_hash.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kRulesMax = 1000;

const ImpairmentKind& read_kind(const DocumentValue& value) {
  std::vector<std::string_view> names;
  for (const ImpairmentKind* kind : impairments()) names.push_back(kind->name);
  return *find_impairment(names[value.choice(names)]);
}

void give_impairment(Rule& rule, DocumentTable& table) {
  try {
    rule.parameters = std::make_shared<Parameters>(read_parameters(table, *rule.kind));
    rule.impairment = rule.kind->make(*rule.parameters);
    rule.effects = rule.impairment->effects();
  } catch (const BadParameter& error) {
    const auto value = table.find(error.key);
    fail(value ? value->place() : table.place(), fmt::format("\"{}\" {}", error.key, error.what()));
  }
}

std::string read_name(const DocumentValue& value) {
  std::string name = value.text("a name in quotes");
  if (name.empty()) value.refuse("a name, or leave it out");
  return name;
}

/// Of rules that say the same, the second is not the first: with it, two of them each drop a half
/// of what the other leaves.
std::uint64_t chance_of(const Rule& rule, const std::vector<Rule>& before, bool is_named,
                        const DocumentTable& table) {
  if (is_named) return stable_hash(rule.name);
  std::uint64_t chance = stable_hash(table.source());
  while (std::ranges::find(before, chance, &Rule::chance) != before.end()) chance = Rng{chance}();
  return chance;
}

/// What the impairment can't act on, the rule does not match.
void narrow(Rule& rule, const Place& place) {
  rule.when.keep(rule.kind->meant_for);
  if (rule.when.outline().named.empty()) {
    fail(place, fmt::format("the rule can never match: {} acts on {} only; leave out segment",
                            rule.kind->name, names(rule.kind->meant_for)));
  }
  if (const std::string why = rule.when.why_never(); !why.empty()) {
    fail(place, "the rule can never match: " + why);
  }
}

Rule read_rule(const DocumentValue& entry, const std::vector<Rule>& before) {
  DocumentTable table = entry.table("[[rule]]");
  Rule rule;
  rule.kind = &read_kind(table.at("do", "do = \"hold\""));
  const auto name = table.find("name");
  rule.name = name ? read_name(*name) : fmt::format("{} {}", rule.kind->name, before.size() + 1);
  rule.chance = chance_of(rule, before, name.has_value(), table);
  const auto when = table.find("when");
  if (when) rule.when = read_match(*when);
  if (const auto last = table.find("last")) rule.last = last->truth();
  if (const auto origin = table.find("acts_on")) {
    rule.acts_on = static_cast<ActsOn>(origin->choice(kActsOnNames));
  }
  give_impairment(rule, table);
  table.refuse_unread();
  narrow(rule, when ? when->place() : table.place());
  return rule;
}

/// Refuses a rule that one of those before it has taken the name, or every segment, of.
void check_against(const std::vector<Rule>& before, const Rule& rule, const Place& place) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Rule& other = before[i];
    if (other.name == rule.name) {
      fail(place, fmt::format("rule {} is named \"{}\" already; give each rule a name of its own",
                              i + 1, other.name));
    }
    if (other.last && other.when.includes(rule.when)) {
      fail(place, fmt::format("the rule can never match: rule {} \"{}\" is the last for every such "
                              "segment; put this rule before it, or leave out \"last\" there",
                              i + 1, other.name));
    }
  }
}

}  // namespace

std::vector<Rule> read_rules(const DocumentValue& section) {
  std::vector<Rule> rules;
  for (const DocumentValue& entry : section.list("[[rule]] tables", kRulesMax)) {
    Rule rule = read_rule(entry, rules);
    check_against(rules, rule, entry.place());
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace latesyn
