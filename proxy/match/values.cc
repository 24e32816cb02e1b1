#include "proxy/match/values.hpp"

#include <fmt/format.h>

#include <charconv>

#include "proxy/packet/option_names.hpp"

namespace latesyn {
namespace {

std::optional<NumberRange> parse_range(std::string_view text) {
  NumberRange range;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  if (first.ptr + 1 == end) return range;
  const auto last = std::from_chars(first.ptr + 1, end, range.last);
  if (last.ec != std::errc() || last.ptr != end || range.last < range.first) return std::nullopt;
  return range;
}

}  // namespace

NumberRange read_range(const DocumentValue& value) {
  constexpr std::string_view kWanted =
      "a whole number, or a range of them in quotes: \"0-1400\", or \"1-\" without an end";
  if (value.is_number()) {
    const std::uint32_t number = value.number(0, kWordMax);
    return {number, number};
  }
  const auto range = parse_range(value.text(kWanted));
  if (!range) value.refuse(kWanted);
  return *range;
}

std::string range_text(const NumberRange& range) {
  if (range.first == range.last) return fmt::format("{}", range.first);
  return range.last == NumberRange{}.last ? fmt::format("{} or more", range.first)
                                          : fmt::format("{} to {}", range.first, range.last);
}

std::uint8_t read_option(const DocumentValue& value) {
  constexpr std::uint32_t kFirst = 2, kLast = 255;  // end and no-operation are no options
  if (value.is_number()) return static_cast<std::uint8_t>(value.number(kFirst, kLast));
  std::vector<std::string_view> names;
  for (const OptionName& known : kOptionNames) names.push_back(known.name);
  return kOptionNames[value.choice(names)].kind;
}

}  // namespace latesyn
