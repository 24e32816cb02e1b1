// connection: one connection of all.

#include <fmt/format.h>

#include "proxy/match/condition.hpp"
#include "proxy/match/values.hpp"

namespace latesyn {
namespace {

class OfConnection final : public OutlinedCondition {
 public:
  explicit OfConnection(std::uint32_t number) : number_(number) {}

  void narrow(Outline& outline) const override { outline.connection = number_; }
  std::string phrase() const override { return fmt::format(", of connection {}", number_); }

 private:
  std::uint32_t number_;
};

std::shared_ptr<const Condition> read_connection(const DocumentValue& value) {
  return std::make_shared<OfConnection>(value.number(1, kWordMax));
}

const RegisteredCondition connection_condition({
    .key = "connection",
    .subject = Subject::connection,
    .takes = "number from 1",
    .about = "the n-th connection that was begun since latesyn started",
    .read = read_connection,
});

}  // namespace
}  // namespace latesyn
