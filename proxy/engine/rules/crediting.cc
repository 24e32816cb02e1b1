#include "proxy/engine/rules/crediting.hpp"

#include <algorithm>
#include <utility>

namespace latesyn {

/// Whether this rule changes bytes shows where the flag has been taken away before.
Crediting::Crediting(RuleNumber rule, Departure& d)
    : rule_(rule),
      to_(d.to),
      origin_(d.origin),
      changed_(std::exchange(d.changed, false)),
      is_icmp_(d.icmp.has_value()),
      once_(d.once),
      after_(d.after) {
  if (origin_ == Origin::forged) forged_ = d.packet;
}

void Crediting::credit(std::span<Departure> made) {
  for (Departure& d : made) {
    const bool changes = d.changed;
    if (is_new_packet(d)) {
      d.credit = {};
      take_over(d.credit, Making::created, {});
      continue;
    }
    d.changed = changes || changed_;
    if (is_another(d)) {
      take_over(d.credit, Making::created, {});
      continue;
    }
    goes_on_ = true;
    const bool is_named = credit_wait(d);
    if (changes && !is_named) d.credit.changed_by.push_back(rule_);
  }
}

/// A packet of ours in the place of one that was of ours already has nothing but other bytes, and
/// does not say that they were changed.
bool Crediting::is_new_packet(const Departure& d) const {
  if (d.origin != Origin::forged) return false;
  return origin_ != Origin::forged || d.icmp.has_value() != is_icmp_ || d.to != to_ ||
         (!d.changed && d.packet != forged_);
}

bool Crediting::is_another(const Departure& d) const { return d.origin != origin_ || goes_on_; }

/// A trigger counts more than time: a packet that is held until its connection is closed and then
/// jitters is held. Of two delays the longer counts more.
/// True where the rule lets it wait, and is named for that.
bool Crediting::credit_wait(Departure& d) const {
  const bool held = d.once != once_;
  const Duration wait = d.after - after_;
  if (!held && wait == Duration::zero()) return false;
  Credit& credit = d.credit;
  const Making making = held ? Making::held : Making::delayed;
  const bool more = making > credit.making || (making == credit.making && wait > credit.wait);
  const bool overrules = held && credit.making == Making::held;  // the last trigger is waited for
  if (more || overrules) {
    take_over(credit, making, wait);
  } else {
    credit.changed_by.push_back(rule_);
  }
  return true;
}

void Crediting::take_over(Credit& credit, Making making, Duration wait) const {
  if (credit.made_by != kNoRule) credit.changed_by.push_back(credit.made_by);
  std::ranges::sort(credit.changed_by);
  credit.made_by = rule_;
  credit.making = making;
  credit.wait = wait;
}

}  // namespace latesyn
