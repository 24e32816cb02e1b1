#pragma once
// Quantities as people write them: a number and a unit.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace latesyn {

/// So many of the smallest that is told apart.
struct Unit {
  std::string_view name;
  double size;
};

/// A number and one of the units, from 0 to `most` of the smallest, rounded to whole ones. Nothing
/// for anything else.
std::optional<std::int64_t> parse_quantity(std::string_view text, std::span<const Unit> units,
                                           double most);

/// The shortest exact form, in the first of the units, largest first, that leaves at most three
/// decimals.
std::string quantity_text(std::int64_t quantity, std::span<const Unit> units);

}  // namespace latesyn
