#pragma once
// The firewall rules of one run: put in whole or not at all, and gone with their owner. Between
// two sets of rules there is no moment without any.

#include "proxy/intercept/plan.hpp"

namespace latesyn {

/// How the rules of a run stand among those of others.
struct Standing {
  bool whole = true;  // none is missing
  /// Chains of other runs, as far as packets come to them before ours, and after.
  std::vector<std::string> ahead, behind;

  bool operator==(const Standing&) const = default;
};

class Firewall {
 public:
  /// Puts in the rules for each family of the traffic, in the calling thread's network namespace.
  /// Throws std::runtime_error; nothing is left behind then.
  Firewall(const Plan& plan, const Traffic& traffic, const Hook& hook);
  /// Takes them out again. Where that fails, the log says what to do.
  ~Firewall();
  Firewall(const Firewall&) = delete;
  Firewall& operator=(const Firewall&) = delete;

  /// Throws std::runtime_error; the rules are those from before then.
  void replace(const Plan& plan, const Traffic& traffic);
  /// Puts in again what others have changed or taken out. Throws std::runtime_error.
  void put_back();
  /// How the rules of that family stand now. Throws std::runtime_error.
  Standing standing(Family family) const;

 private:
  Hook hook_;
  Plan plan_{.take = Take::nothing};
  Traffic traffic_;
};

/// Input for iptables-restore that turns `saved`, our tables as iptables-save writes them, into
/// ones where `chain` and the jumps to it are those of `rules` only (empty: none). Empty where
/// there is nothing to do.
std::string transition(const std::string& saved, const std::string& chain,
                       const std::string& rules);

/// Reads off `saved`, our tables as iptables-save writes them, how the hook's `rules` stand.
Standing standing_in(const std::string& saved, const Hook& hook, const std::string& rules);

}  // namespace latesyn
