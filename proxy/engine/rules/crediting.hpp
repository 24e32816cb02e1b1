#pragma once
// Tells from what an impairment was given and what it made of it whether its rule made a departure,
// changed it, or let it go on.

#include <span>

#include "impair/making/departure.hpp"

namespace latesyn {

class Crediting {
 public:
  /// `departure` is what the rule with that number is about to be given.
  Crediting(RuleNumber rule, Departure& departure);

  /// `made` is what came of it. Of what is as it was given the first is that; the others are made.
  void credit(std::span<Departure> made);

 private:
  bool is_new_packet(const Departure& d) const;
  bool is_another(const Departure& d) const;
  bool credit_wait(Departure& d) const;
  void take_over(Credit& credit, Making making, Duration wait) const;

  RuleNumber rule_;
  Side to_;
  Origin origin_;
  bool changed_, is_icmp_;
  Trigger once_;
  Duration after_;
  Packet forged_;  // the bytes of a packet of ours: another may be made in its place
  bool goes_on_ = false;
};

}  // namespace latesyn
