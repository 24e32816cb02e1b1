#include "proxy/loader/policy_sections.hpp"

namespace latesyn {

Match read_match(const DocumentValue& when) {
  DocumentTable table = when.table("when");
  Match match;
  for (const ConditionKind& kind : conditions()) {
    if (const auto value = table.find(kind.key)) match.add(kind.read(*value));
  }
  table.refuse_unread();
  return match;
}

}  // namespace latesyn
