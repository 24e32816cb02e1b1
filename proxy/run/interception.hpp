#pragma once
// What is taken in, from one plan to the next: whoever decides on packets, the firewall and the
// kernel's connection tracking must follow in an order in which no packet is lost, or seen by two.

#include <functional>

#include "proxy/intercept/plan.hpp"

namespace latesyn {

class Interception {
 public:
  /// What the steps are done with. All but the moves throw where they fail, and change nothing
  /// then.
  struct Hands {
    /// Makes sure that connection tracking can be spoken to.
    std::function<void()> open_tracking;
    /// Whether joined flows are handed to it.
    std::function<void(bool)> offer_splices;
    /// The queue's settings.
    std::function<void(const Plan&)> use_settings;
    std::function<void(const Plan&, const Traffic&)> set_rules;
    /// Before the rules that lead to the queue are put in another table, and when they are.
    std::function<void()> begin_move, end_move;
  };

  /// The queue has its settings by `plan` already.
  Interception(const Plan& plan, Hands hands) : plan_(plan), hands_(std::move(hands)) {}

  /// Where the kernel can't translate we do, unless the policy insists: throws then, or where the
  /// rules can't be put in.
  void begin(const Traffic& traffic);
  /// The same from what is taken in now. Where it throws, that is taken in as before.
  void change(const Plan& plan, const Traffic& traffic);

  const Plan& plan() const { return plan_; }

 private:
  using Way = void (Interception::*)(const Plan&, const Traffic&);
  void go(Way way, Plan plan, const Traffic& traffic);
  void start(const Plan& plan, const Traffic& traffic);
  void move(const Plan& plan, const Traffic& traffic);

  Plan plan_;
  Hands hands_;
};

}  // namespace latesyn
