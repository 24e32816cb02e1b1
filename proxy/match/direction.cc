// direction: which way.

#include "proxy/document/document_reader.hpp"
#include "proxy/match/condition.hpp"

namespace latesyn {
namespace {

class From final : public OutlinedCondition {
 public:
  explicit From(Side from) : from_(from) {}

  void narrow(Outline& outline) const override { outline.from = from_; }
  std::string phrase() const override {
    return from_ == Side::client ? " from the client" : " from the server";
  }

 private:
  Side from_;
};

std::shared_ptr<const Condition> read_direction(const DocumentValue& value) {
  constexpr std::array<std::string_view, 2> kDirections{"to-server", "to-client"};
  return std::make_shared<From>(value.choice(kDirections) == 0 ? Side::client : Side::server);
}

const RegisteredCondition direction_condition({
    .key = "direction",
    .subject = Subject::sender,
    .takes = "`\"to-server\"`, `\"to-client\"`",
    .about = "the client is who sent the connection's first SYN",
    .read = read_direction,
});

}  // namespace
}  // namespace latesyn
