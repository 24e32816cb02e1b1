// ecn: the two bits of ECN in the IP header.

#include <fmt/format.h>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/packet/option_names.hpp"

namespace latesyn {
namespace {

class MarkedAs final : public Condition {
 public:
  explicit MarkedAs(std::size_t bits) : bits_(bits) {}

  void narrow(Outline& outline) const override { outline.splits_bundles = true; }
  bool covers(const Sight& sight) const override {
    return (sight.view.traffic_class() & 3U) == bits_;
  }
  bool includes(const Match& rule) const override {
    const auto* const other = rule.find<MarkedAs>();
    return other != nullptr && other->bits_ == bits_;
  }
  std::string phrase() const override { return fmt::format(", marked {}", kEcnNames[bits_]); }

 private:
  std::size_t bits_;
};

std::shared_ptr<const Condition> read_ecn(const DocumentValue& value) {
  return std::make_shared<MarkedAs>(value.choice(kEcnNames));
}

const RegisteredCondition ecn_condition({
    .key = "ecn",
    .subject = Subject::header,
    .takes = "`\"not-ect\"`, `\"ect-1\"`, `\"ect-0\"`, `\"ce\"`",
    .about = "the two bits of ECN in the IP header",
    .read = read_ecn,
});

}  // namespace
}  // namespace latesyn
