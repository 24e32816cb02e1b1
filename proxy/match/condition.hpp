#pragma once
// The contract of this folder: a condition is one thing that a rule may ask of a segment. To add
// one, copy ecn.cc and rename it. Nothing else needs an edit: the loader, `check` and the page of
// all keys read the registry; the index of rules and the interception plan read outlines.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/match/outline.hpp"
#include "proxy/values/rng.hpp"

namespace latesyn {

class DocumentValue;
class Match;
struct Sight;

/// Stateless after its making: what it says depends on its arguments only.
class Condition {
 public:
  virtual ~Condition() = default;
  /// Takes out of the outline what it does not cover, as far as an outline can tell.
  virtual void narrow(Outline&) const {}
  /// Whether it covers a segment that its outline leaves.
  virtual bool covers(const Sight& sight) const = 0;
  /// The same where chance decides: drawn once for each segment that all conditions cover.
  virtual bool happens(Rng&) const { return true; }
  /// True where it covers everything that `rule` matches.
  virtual bool includes(const Match& rule) const = 0;
  /// Why no segment can ever match `rule`, which has this condition; empty where one can. Only what
  /// is truly impossible: with a simultaneous open (RFC 9293 figure 7) a server sends SYNs too.
  virtual std::string why_never(const Match&) const { return ""; }
  /// What it adds to "a SYN", with what joins the two: ", copy 2".
  virtual std::string phrase() const = 0;
};

/// A condition that an outline tells all of.
class OutlinedCondition : public Condition {
 public:
  bool covers(const Sight&) const final { return true; }
  bool includes(const Match& rule) const final;
};

/// What a condition is about. In this order, and among themselves by their keys, conditions are
/// read, described and documented.
enum class Subject : std::uint8_t { kind, sender, connection, header, history, chance };

/// One row of the registry: a key of `when`.
struct ConditionKind {
  std::string_view key;
  Subject subject;
  /// What a policy may write, and what that means, for docs/policy-reference.md.
  std::string_view takes, about;
  /// Throws PolicyError.
  std::shared_ptr<const Condition> (*read)(const DocumentValue&);
};

/// Declared once, at the foot of each condition's file. Two of one key are a programming error.
struct RegisteredCondition {
  explicit RegisteredCondition(const ConditionKind& kind);
};

/// All of them, in their order.
const std::vector<ConditionKind>& conditions();

}  // namespace latesyn
