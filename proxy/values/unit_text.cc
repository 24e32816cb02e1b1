#include "proxy/values/unit_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace latesyn {

std::optional<std::int64_t> parse_quantity(std::string_view text, std::span<const Unit> units,
                                           double most) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit_at, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name(unit_at, static_cast<std::size_t>(end - unit_at));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    const double quantity = number * unit.size;
    if (!(quantity >= 0 && quantity <= most)) return std::nullopt;
    return std::llround(quantity);
  }
  return std::nullopt;
}

std::string quantity_text(std::int64_t quantity, std::span<const Unit> units) {
  const auto value = static_cast<double>(quantity);
  for (const Unit& unit : units) {
    const double thousandths = value / unit.size * 1000;
    if (std::abs(value) >= unit.size && thousandths == std::floor(thousandths)) {
      return fmt::format("{}{}", value / unit.size, unit.name);
    }
  }
  return fmt::format("{}{}", quantity, units.back().name);
}

}  // namespace latesyn
