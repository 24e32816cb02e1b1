#include "proxy/core/flag_names.hpp"

#include <algorithm>
#include <array>

namespace latesyn {
namespace {

constexpr std::array<std::string_view, 6> kNames{"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
constexpr std::uint8_t kAll = 0x3f;
/// What a list alone speaks of: the flags that make a segment what it is.
const std::uint8_t kTelling = Flags{.fin = true, .syn = true, .rst = true, .ack = true}.bits();

std::optional<std::uint8_t> parse_list(std::string_view list) {
  if (list == "ALL") return kAll;
  if (list == "NONE") return std::uint8_t{0};
  unsigned bits = 0;
  for (;;) {
    const std::size_t comma = list.find(',');
    const auto name = std::ranges::find(kNames, list.substr(0, comma));
    if (name == kNames.end()) return std::nullopt;
    bits |= 1U << static_cast<unsigned>(name - kNames.begin());
    if (comma == list.npos) return static_cast<std::uint8_t>(bits);
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<FlagMatch> parse_flag_match(std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto first = parse_list(text.substr(0, space));
  if (!first) return std::nullopt;
  if (space == text.npos) return FlagMatch{.mask = kTelling, .set = *first};
  const auto set = parse_list(text.substr(space + 1));
  return set ? std::optional(FlagMatch{.mask = *first, .set = *set}) : std::nullopt;
}

std::string flag_names(std::uint8_t bits) {
  std::string out;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((unsigned{bits} >> i & 1U) != 0) out.append(out.empty() ? "" : ",").append(kNames[i]);
  }
  return out.empty() ? "NONE" : out;
}

}  // namespace latesyn
