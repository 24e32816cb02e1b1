#include "proxy/engine/rules/rule_index.hpp"

namespace latesyn {

RuleIndex::RuleIndex(const std::vector<Rule>& rules, const std::vector<bool>& off) {
  for (std::uint32_t number = 0; number < rules.size(); ++number) {
    if (!off.empty() && off[number]) continue;
    const Outline& when = rules[number].when.outline();
    if (when.connection) {
      by_connection_[*when.connection].push_back(number);
      continue;
    }
    for (std::size_t i = 0; i < general_.size(); ++i) {
      const auto kind = static_cast<SegmentKind>(i / 2);
      const auto from = static_cast<Side>(i % 2);
      if (when.kinds.has(kind) && (!when.from || *when.from == from)) {
        general_[i].push_back(number);
      }
    }
  }
}

}  // namespace latesyn
