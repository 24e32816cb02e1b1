// every: the connections k, 2k, 3k …

#include <fmt/format.h>

#include "proxy/match/match.hpp"
#include "proxy/match/values.hpp"

namespace latesyn {
namespace {

std::string ordinal(std::uint32_t n) {
  const bool teen = n / 10 % 10 == 1;
  const std::string_view ending = teen || n % 10 > 3 || n % 10 == 0 ? "th"
                                  : n % 10 == 1                     ? "st"
                                  : n % 10 == 2                     ? "nd"
                                                                    : "rd";
  return fmt::format("{}{}", n, ending);
}

class Every final : public OutlinedCondition {
 public:
  explicit Every(std::uint32_t every) : every_(every) {}

  void narrow(Outline& outline) const override { outline.every = every_; }
  std::string why_never(const Match& rule) const override {
    const auto connection = rule.outline().connection;
    if (!connection || *connection % every_ == 0) return "";
    return fmt::format("connection {} is not one of every {}; leave out connection or every",
                       *connection, every_);
  }
  std::string phrase() const override {
    return fmt::format(", of every {} connection", ordinal(every_));
  }

 private:
  std::uint32_t every_;
};

std::shared_ptr<const Condition> read_every(const DocumentValue& value) {
  return std::make_shared<Every>(value.number(1, kWordMax));
}

const RegisteredCondition every_condition({
    .key = "every",
    .subject = Subject::connection,
    .takes = "number from 1",
    .about = "every k-th connection: k, 2k, 3k …",
    .read = read_every,
});

}  // namespace
}  // namespace latesyn
