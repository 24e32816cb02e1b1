#include "proxy/match/condition.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "proxy/match/match.hpp"

namespace latesyn {
namespace {

std::vector<ConditionKind>& condition_registry() {
  static std::vector<ConditionKind> kinds;
  return kinds;
}

}  // namespace

RegisteredCondition::RegisteredCondition(const ConditionKind& kind) {
  auto& all = condition_registry();
  if (std::ranges::find(all, kind.key, &ConditionKind::key) != all.end()) {
    throw std::logic_error("condition registered twice: " + std::string(kind.key));
  }
  const auto place = [](const ConditionKind& k) { return std::tuple(k.subject, k.key); };
  all.insert(std::ranges::upper_bound(all, place(kind), std::less<>(), place), kind);
}

const std::vector<ConditionKind>& conditions() { return condition_registry(); }

bool OutlinedCondition::includes(const Match& rule) const {
  Outline own;
  narrow(own);
  return own.includes(rule.outline());
}

}  // namespace latesyn
