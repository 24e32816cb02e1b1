#pragma once
// Which rules of a policy a segment has to be held against: with a thousand rules, each about
// another connection, those of its own connection only.

#include <absl/container/flat_hash_map.h>

#include <array>
#include <span>
#include <vector>

#include "proxy/policy/policy.hpp"

namespace latesyn {

class RuleIndex {
 public:
  /// Without those whose place in `off` is true.
  explicit RuleIndex(const std::vector<Rule>& rules, const std::vector<bool>& off = {});

  /// Calls `visit` with the numbers of rules, in file order, among them all that cover the segment,
  /// until it says false.
  template <typename Visit>
  void for_each(const Segment& segment, Visit visit) const {
    const Numbers& general = general_[place(segment.kind, segment.from)];
    const auto own = by_connection_.find(segment.connection);
    std::span<const std::uint32_t> rest;
    if (own != by_connection_.end()) rest = own->second;
    for (const std::uint32_t number : general) {
      for (; !rest.empty() && rest.front() < number; rest = rest.subspan(1)) {
        if (!visit(rest.front())) return;
      }
      if (!visit(number)) return;
    }
    for (const std::uint32_t number : rest) {
      if (!visit(number)) return;
    }
  }

 private:
  using Numbers = std::vector<std::uint32_t>;
  static constexpr std::size_t place(SegmentKind kind, Side from) {
    return 2 * static_cast<std::size_t>(kind) + static_cast<std::size_t>(from);
  }
  /// Those that name no connection, by the segment's kind and sender.
  std::array<Numbers, 2 * kSegmentKindNames.size()> general_;
  absl::flat_hash_map<std::uint32_t, Numbers> by_connection_;
};

}  // namespace latesyn
