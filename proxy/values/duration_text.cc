#include "proxy/values/duration_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace latesyn {
namespace {

struct Unit {
  std::string_view name;
  double ns;
};
constexpr std::array kUnits{Unit{"h", 3.6e12}, Unit{"m", 6e10}, Unit{"s", 1e9},
                            Unit{"ms", 1e6},   Unit{"us", 1e3}, Unit{"ns", 1}};
constexpr double kLongest = 100.0 * 365 * 24 * 3.6e12;

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit_at, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name(unit_at, static_cast<std::size_t>(end - unit_at));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    const double ns = number * unit.ns;
    if (!(ns >= 0 && ns <= kLongest)) return std::nullopt;
    return Duration(std::llround(ns));
  }
  return std::nullopt;
}

std::string to_text(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  const auto ns = static_cast<double>(duration.count());
  for (const Unit& unit : kUnits) {
    const double thousandths = ns / unit.ns * 1000;
    if (std::abs(ns) >= unit.ns && thousandths == std::floor(thousandths)) {
      return fmt::format("{}{}", ns / unit.ns, unit.name);
    }
  }
  return fmt::format("{}ns", duration.count());
}

std::string rounded_text(Duration duration) {
  using namespace std::chrono;
  const Duration size = abs(duration);
  if (size >= seconds(1)) {
    const auto rounded = round<milliseconds>(duration);
    if (rounded % minutes(1) == milliseconds(0)) return to_text(rounded);
    return fmt::format("{}s", static_cast<double>(rounded.count()) / 1000);
  }
  if (size >= microseconds(1)) return to_text(round<microseconds>(duration));
  return to_text(duration);
}

}  // namespace latesyn
