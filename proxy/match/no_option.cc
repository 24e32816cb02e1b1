// no_option: TCP options that the segment has not, none of them.

#include <fmt/format.h>

#include <algorithm>

#include "proxy/match/match.hpp"
#include "proxy/match/option.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/packet/option_names.hpp"

namespace latesyn {
namespace {

class LacksOptions final : public Condition {
 public:
  explicit LacksOptions(std::vector<std::uint8_t> kinds) : kinds_(std::move(kinds)) {}

  bool covers(const Sight& sight) const override {
    return std::ranges::none_of(
        kinds_, [&](std::uint8_t kind) { return sight.view.option_value(kind).data() != nullptr; });
  }
  bool includes(const Match& rule) const override {
    const auto* const other = rule.find<LacksOptions>();
    return other != nullptr && has_all(other->kinds_, kinds_);
  }
  std::string why_never(const Match& rule) const override {
    const auto* const required = rule.find<HasOptions>();
    if (required == nullptr) return "";
    const auto both = std::ranges::find_first_of(required->kinds(), kinds_);
    if (both == required->kinds().end()) return "";
    return fmt::format("{} must be there and must not; leave out option or no_option",
                       option_name(*both));
  }
  std::string phrase() const override { return ", without " + options_text(kinds_); }

 private:
  std::vector<std::uint8_t> kinds_;
};

std::shared_ptr<const Condition> read_lacks_options(const DocumentValue& value) {
  return std::make_shared<LacksOptions>(read_options(value));
}

const RegisteredCondition no_option_condition({
    .key = "no_option",
    .subject = Subject::header,
    .takes = "the same",
    .about = "the segment has none of these",
    .read = read_lacks_options,
});

}  // namespace
}  // namespace latesyn
