#pragma once
// Which segments a rule is about: all its conditions together. Without any it matches everything.

#include <memory>
#include <string>
#include <vector>

#include "proxy/match/condition.hpp"

namespace latesyn {

class Match {
 public:
  void add(std::shared_ptr<const Condition> condition);
  /// It matches no other kinds than these, whatever it asks for.
  void keep(SegmentKinds kinds) { outline_.keep(kinds); }

  /// Everything but chance.
  bool covers(const Sight& sight) const;
  /// Whether it matches a segment that it covers.
  bool happens(Rng& rng) const;

  const Outline& outline() const { return outline_; }
  /// Its condition of that type; null where it has none.
  template <typename T>
  const T* find() const {
    for (const auto& condition : conditions_) {
      if (const auto* found = dynamic_cast<const T*>(condition.get())) return found;
    }
    return nullptr;
  }

  /// Why no segment can ever match; empty where one can.
  std::string why_never() const;
  /// True where it matches every segment that `second` matches.
  bool includes(const Match& second) const;
  /// What its conditions add to "a SYN".
  std::string phrases() const;

 private:
  Outline outline_;
  std::vector<std::shared_ptr<const Condition>> conditions_;
};

}  // namespace latesyn
