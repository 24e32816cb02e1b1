#include "proxy/engine/rules/rule_set.hpp"

#include <algorithm>
#include <utility>

#include "proxy/intercept/plan.hpp"

namespace latesyn {

RuleSet::RuleSet(SharedPolicy policy, std::uint64_t seed, std::size_t flows, std::size_t clients)
    : policy_(std::move(policy)), seed_(seed), index_(policy_->rules), memory_(flows, clients) {
  enter();
}

void RuleSet::use(SharedPolicy policy) {
  policy_ = std::move(policy);
  make_index();
  enter();
}

void RuleSet::make_index() {
  std::vector<bool> off;
  for (const Rule& rule : policy_->rules) off.push_back(is_off(rule));
  index_ = RuleIndex(policy_->rules, off);
}

bool RuleSet::switch_rule(const std::string& name, bool on) {
  if (std::ranges::find(policy_->rules, name, &Rule::name) == policy_->rules.end()) return false;
  if (on) {
    off_.erase(name);
  } else {
    off_.insert(name);
  }
  make_index();
  return true;
}

/// The names of the policy's rules go into the book, in its order.
void RuleSet::enter() {
  const std::vector<Rule>& rules = policy_->rules;
  numbers_.clear();
  places_.clear();
  for (const Rule& rule : rules) {
    const RuleNumber number = book_.number_of(rule.name);
    places_[number] = numbers_.size();
    numbers_.push_back(number);
  }
  memory_.use(rules);
  follows_ = follows_connections(rules);
  asks_for_moments_ = std::ranges::any_of(
      rules, [](const Rule& rule) { return rule.when.outline().asks_for_moments; });
}

std::vector<Matched> RuleSet::matching(const Sight& sight) const {
  auto matched = matching_rules(*policy_, index_, sight, seed_);
  for (Matched& m : matched) m.number = numbers_[m.place];
  return matched;
}

std::vector<Matched> RuleSet::still_there(const std::vector<Pending>& pending) const {
  std::vector<Matched> matched;
  for (const Pending& p : pending) {
    const auto place = places_.find(p.number);
    if (place == places_.end() || is_off(policy_->rules[place->second])) continue;
    matched.push_back({&policy_->rules[place->second], p.number, place->second, p.rng});
  }
  return matched;
}

}  // namespace latesyn
