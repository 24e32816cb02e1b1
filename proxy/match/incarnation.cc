// incarnation: of the life that the connection has now, or of a stale one.

#include "proxy/document/document_reader.hpp"
#include "proxy/match/condition.hpp"

namespace latesyn {
namespace {

class OfLife final : public OutlinedCondition {
 public:
  explicit OfLife(Life life) : life_(life) {}

  void narrow(Outline& outline) const override { outline.life = life_; }
  std::string phrase() const override {
    return life_ == Life::stale ? ", of a stale incarnation" : ", of the current incarnation";
  }

 private:
  Life life_;
};

std::shared_ptr<const Condition> read_life(const DocumentValue& value) {
  return std::make_shared<OfLife>(static_cast<Life>(value.choice(kLifeNames)));
}

const RegisteredCondition incarnation_condition({
    .key = "incarnation",
    .subject = Subject::connection,
    .takes = "`\"current\"`, `\"stale\"`",
    .about = "whether the segment belongs to the life that its connection has now, or to one that "
             "a late SYN started",
    .read = read_life,
});

}  // namespace
}  // namespace latesyn
