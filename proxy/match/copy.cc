// copy: the how-manieth time that the same segment is seen.

#include <fmt/format.h>

#include "proxy/match/condition.hpp"
#include "proxy/match/values.hpp"

namespace latesyn {
namespace {

class Copy final : public OutlinedCondition {
 public:
  explicit Copy(std::uint32_t copy) : copy_(copy) {}

  void narrow(Outline& outline) const override {
    outline.copy = copy_;
    outline.splits_bundles = true;
  }
  std::string phrase() const override { return fmt::format(", copy {}", copy_); }

 private:
  std::uint32_t copy_;
};

std::shared_ptr<const Condition> read_copy(const DocumentValue& value) {
  return std::make_shared<Copy>(value.number(1, kWordMax));
}

const RegisteredCondition copy_condition({
    .key = "copy",
    .subject = Subject::connection,
    .takes = "number from 1",
    .about = "the n-th time that the same segment is seen; 2 is the first retransmission",
    .read = read_copy,
});

}  // namespace
}  // namespace latesyn
