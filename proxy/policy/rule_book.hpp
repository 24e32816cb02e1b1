#pragma once
// The names of rules as numbers, and what each rule has done in this run. A name keeps its number
// over a reload, and its counts.

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <string>
#include <vector>

#include "impair/making/credit.hpp"

namespace latesyn {

/// What one rule, or one [[replay]], has done.
struct RuleCount {
  std::string rule;
  std::uint64_t matched = 0;  // segments; none for a [[replay]]
  std::uint64_t made = 0;     // departures: copies, packets of ours, and what it let wait
  std::uint64_t left = 0;     // of those
  bool operator==(const RuleCount&) const = default;
};

class RuleBook {
 public:
  /// Makes one for a name that is new.
  RuleNumber number_of(const std::string& name) {
    const auto [known, is_new] =
        numbers_.try_emplace(name, static_cast<RuleNumber>(counts_.size()));
    if (is_new) counts_.push_back({.rule = name});
    return known->second;
  }
  std::optional<RuleNumber> find(const std::string& name) const {
    const auto known = numbers_.find(name);
    return known == numbers_.end() ? std::nullopt : std::optional(known->second);
  }
  /// Empty for kNoRule.
  std::string name_of(RuleNumber rule) const {
    return rule == kNoRule ? std::string() : counts_[rule].rule;
  }
  std::vector<std::string> names_of(const std::vector<RuleNumber>& rules) const {
    std::vector<std::string> names;
    for (const RuleNumber rule : rules) names.push_back(name_of(rule));
    return names;
  }

  void matched(RuleNumber rule) { ++counts_[rule].matched; }
  void made(RuleNumber rule) {
    if (rule != kNoRule) ++counts_[rule].made;
  }
  void left(RuleNumber rule) {
    if (rule != kNoRule) ++counts_[rule].left;
  }
  /// In the order in which the names became known: that of the policy.
  const std::vector<RuleCount>& counts() const { return counts_; }

 private:
  std::vector<RuleCount> counts_;
  absl::flat_hash_map<std::string, RuleNumber> numbers_;
};

}  // namespace latesyn
