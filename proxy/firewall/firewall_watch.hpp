#pragma once
// Notices what others do to a run's firewall rules, says so, and puts them back.

#include "proxy/firewall/firewall.hpp"
#include "proxy/firewall/ruleset_stamp.hpp"

namespace latesyn {

class FirewallWatch {
 public:
  /// `firewall` must outlive the watch. Throws std::runtime_error.
  explicit FirewallWatch(Firewall& firewall) : firewall_(firewall) {}

  /// To be called every moment, not on a thread that decides on packets: where rules have changed
  /// it runs programs.
  void look();
  /// How often rules of ours were put back.
  std::uint64_t put_back() const { return put_back_; }

 private:
  Standing standing() const;
  void mend();
  void tell_others(const Standing& now);

  Firewall& firewall_;
  RulesetStamp stamp_;
  std::vector<std::uint32_t> seen_;  // all was well then
  Standing told_;
  bool said_broken_ = false;
  std::uint64_t put_back_ = 0;
};

}  // namespace latesyn
