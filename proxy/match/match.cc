#include "proxy/match/match.hpp"

#include <algorithm>

#include "proxy/match/sight.hpp"

namespace latesyn {

void Match::add(std::shared_ptr<const Condition> condition) {
  condition->narrow(outline_);
  conditions_.push_back(std::move(condition));
}

bool Match::covers(const Sight& sight) const {
  return outline_.covers(sight.segment) &&
         std::ranges::all_of(conditions_, [&](const auto& c) { return c->covers(sight); });
}

bool Match::happens(Rng& rng) const {
  return std::ranges::all_of(conditions_, [&rng](const auto& c) { return c->happens(rng); });
}

std::string Match::why_never() const {
  for (const auto& condition : conditions_) {
    if (std::string why = condition->why_never(*this); !why.empty()) return why;
  }
  return "";
}

bool Match::includes(const Match& second) const {
  return outline_.includes(second.outline_) &&
         std::ranges::all_of(conditions_, [&](const auto& c) { return c->includes(second); });
}

std::string Match::phrases() const {
  std::string out;
  for (const auto& condition : conditions_) out += condition->phrase();
  return out;
}

}  // namespace latesyn
