#pragma once
// The policy's rules at work in one engine: which of them match, what they remember, and the book
// of what each has done. A reload puts others in their place.

#include <absl/container/flat_hash_set.h>

#include "proxy/engine/rules/pipeline.hpp"
#include "proxy/policy/rule_book.hpp"
#include "proxy/policy/shared_policy.hpp"

namespace latesyn {

class RuleSet {
 public:
  /// They remember so many flows, and so many clients, at most.
  RuleSet(SharedPolicy policy, std::uint64_t seed, std::size_t flows, std::size_t clients);

  /// The rules for the packets to come. A name that was known keeps its number and its counts.
  void use(SharedPolicy policy);
  const Policy& policy() const { return *policy_; }
  /// A rule that is off matches nothing, also after a reload, until it is on again. False where the
  /// policy has none of that name.
  bool switch_rule(const std::string& name, bool on);
  /// Whether a rule asks for the moments of connections (Sight::moments).
  bool asks_for_moments() const { return asks_for_moments_; }
  /// Whether a packet of ours may leave later than it is made.
  bool follows() const { return follows_; }

  /// As matching_rules, with the numbers of the book.
  std::vector<Matched> matching(const Sight& sight) const;
  /// Of the rules that a departure has yet to come to those that the policy has still, by name, as
  /// they are now.
  std::vector<Matched> still_there(const std::vector<Pending>& pending) const;

  RuleMemory& memory() { return memory_; }
  RuleBook& book() { return book_; }
  const RuleBook& book() const { return book_; }

 private:
  void enter();
  bool is_off(const Rule& rule) const { return off_.contains(rule.name); }
  void make_index();

  SharedPolicy policy_;
  std::uint64_t seed_;
  RuleIndex index_;
  absl::flat_hash_set<std::string> off_;  // the names of those that are
  RuleBook book_;
  std::vector<RuleNumber> numbers_;                      // by the rules' places in the policy
  absl::flat_hash_map<RuleNumber, std::size_t> places_;  // the other way
  RuleMemory memory_;
  bool asks_for_moments_ = false, follows_ = false;
};

}  // namespace latesyn
