// probability: by chance.

#include <fmt/format.h>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/condition.hpp"

namespace latesyn {
namespace {

class ByChance final : public Condition {
 public:
  explicit ByChance(double share) : share_(share) {}

  void narrow(Outline& outline) const override { outline.splits_bundles |= share_ < 1; }
  bool covers(const Sight&) const override { return true; }
  bool happens(Rng& rng) const override { return share_ >= 1 || rng.uniform() < share_; }
  bool includes(const Match&) const override { return share_ >= 1; }
  std::string phrase() const override {
    return share_ < 1 ? fmt::format(", with a chance of {:g} %", share_ * 100) : "";
  }

 private:
  double share_;
};

std::shared_ptr<const Condition> read_probability(const DocumentValue& value) {
  return std::make_shared<ByChance>(value.probability());
}

const RegisteredCondition probability_condition({
    .key = "probability",
    .subject = Subject::chance,
    .takes = "above 0, up to 1",
    .about = "the rule matches by chance; the same seed, rule, connection and segment give the "
             "same chance, whatever other rules there are. A rule is known by its name, or by what "
             "it says where it has none ([why](decisions/0005-chance-has-a-key.md)). [Not for bulk "
             "data](#what-repeats)",
    .read = read_probability,
});

}  // namespace
}  // namespace latesyn
