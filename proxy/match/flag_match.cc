#include "proxy/match/match.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

/// What a list alone speaks of: the flags that make a segment what it is.
const std::uint8_t kTelling = Flags{.fin = true, .syn = true, .rst = true, .ack = true}.bits();

}  // namespace

std::optional<FlagMatch> parse_flag_match(std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto first = parse_flags(text.substr(0, space));
  if (!first) return std::nullopt;
  if (space == text.npos) return FlagMatch{.mask = kTelling, .set = *first};
  const auto set = parse_flags(text.substr(space + 1));
  return set ? std::optional(FlagMatch{.mask = *first, .set = *set}) : std::nullopt;
}

}  // namespace latesyn
