#include "proxy/values/duration_text.hpp"

#include <fmt/format.h>

#include <array>

#include "proxy/values/unit_text.hpp"

namespace latesyn {
namespace {

constexpr std::array kUnits{Unit{"h", 3.6e12}, Unit{"m", 6e10}, Unit{"s", 1e9},
                            Unit{"ms", 1e6},   Unit{"us", 1e3}, Unit{"ns", 1}};
constexpr double kLongest = 100.0 * 365 * 24 * 3.6e12;

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const auto ns = parse_quantity(text, kUnits, kLongest);
  return ns ? std::optional(Duration(*ns)) : std::nullopt;
}

std::string to_text(Duration duration) {
  return duration == Duration::zero() ? "0s" : quantity_text(duration.count(), kUnits);
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
