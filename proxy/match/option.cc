// option: TCP options that the segment has, all of them.

#include "proxy/match/option.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/match/values.hpp"
#include "proxy/packet/option_names.hpp"

namespace latesyn {

std::vector<std::uint8_t> read_options(const DocumentValue& value) {
  constexpr std::size_t kOptionsMax = 32;
  std::vector<std::uint8_t> kinds;
  for (const DocumentValue& option : value.one_or_list("at least one option", kOptionsMax)) {
    kinds.push_back(read_option(option));
  }
  return kinds;
}

std::string options_text(const std::vector<std::uint8_t>& kinds) {
  std::vector<std::string> names;
  for (const std::uint8_t kind : kinds) names.push_back(option_name(kind));
  return fmt::format("{}", fmt::join(names, " and "));
}

bool has_all(const std::vector<std::uint8_t>& others, const std::vector<std::uint8_t>& kinds) {
  return std::ranges::all_of(
      kinds, [&](std::uint8_t kind) { return std::ranges::count(others, kind) != 0; });
}

bool HasOptions::covers(const Sight& sight) const {
  return std::ranges::all_of(
      kinds_, [&](std::uint8_t kind) { return sight.view.option_value(kind).data() != nullptr; });
}

bool HasOptions::includes(const Match& rule) const {
  const auto* const other = rule.find<HasOptions>();
  return other != nullptr && has_all(other->kinds_, kinds_);
}

std::string HasOptions::phrase() const { return ", with " + options_text(kinds_); }

namespace {

std::shared_ptr<const Condition> read_has_options(const DocumentValue& value) {
  return std::make_shared<HasOptions>(read_options(value));
}

const RegisteredCondition option_condition({
    .key = "option",
    .subject = Subject::header,
    .takes = "a TCP option, or a list",
    .about = "the segment has all of these: `\"mss\"`, `\"window-scale\"`, `\"sack-permitted\"`, "
             "`\"sack\"`, `\"timestamps\"`, `\"md5\"`, `\"ao\"`, `\"mptcp\"`, `\"fast-open\"`, or "
             "a kind from 2 to 255",
    .read = read_has_options,
});

}  // namespace
}  // namespace latesyn
