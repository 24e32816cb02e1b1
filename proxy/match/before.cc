// before: less than so long after the start, or after something of the segment's connection.

#include <fmt/format.h>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/match/since.hpp"

namespace latesyn {
namespace {

class Before final : public Condition {
 public:
  explicit Before(const Ages& ages) : ages_(ages) {}

  void narrow(Outline& outline) const override { narrow_for(ages_, outline); }
  bool covers(const Sight& sight) const override {
    return holds_for_all(ages_, [&sight](Since since, Duration limit) {
      const auto age = elapsed(since, sight);
      return age && *age < limit;
    });
  }
  bool includes(const Match& rule) const override {
    const auto* const other = rule.find<Before>();
    return other != nullptr && holds_for_all(ages_, [other](Since since, Duration limit) {
             const auto& theirs = of(other->ages_, since);
             return theirs && *theirs <= limit;
           });
  }
  std::string why_never(const Match& rule) const override {
    const auto* const after = rule.find<After>();
    for (std::size_t i = 0; after != nullptr && i < ages_.size(); ++i) {
      for (std::size_t later = i; ages_[i] && later < ages_.size(); ++later) {
        if (after->ages()[later] && *after->ages()[later] >= *ages_[i]) return over(i, later);
      }
    }
    return "";
  }
  std::string phrase() const override { return ages_text("less than", ages_); }

 private:
  /// As much as that has passed since what happened later.
  static std::string over(std::size_t since, std::size_t later) {
    return fmt::format(
        "when \"after\" ({}) is reached, \"before\" ({}) is over; let \"after\" be the shorter "
        "time",
        kSinceNames[later], kSinceNames[since]);
  }
  Ages ages_;
};

std::shared_ptr<const Condition> read_before(const DocumentValue& value) {
  const Ages ages = read_ages(value);
  for (const auto& age : ages) {
    if (age == Duration::zero()) {
      value.fail(
          "the rule can never match: nothing comes before 0s; write a longer time, or leave "
          "out \"before\"");
    }
  }
  return std::make_shared<Before>(ages);
}

const RegisteredCondition before_condition({
    .key = "before",
    .subject = Subject::history,
    .takes = "the same",
    .about = "less than so long after it",
    .read = read_before,
});

}  // namespace
}  // namespace latesyn
