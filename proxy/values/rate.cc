#include "proxy/values/rate.hpp"

#include <array>

#include "proxy/values/unit_text.hpp"

namespace latesyn {
namespace {

constexpr std::array kSizes{Unit{"GB", 1e9}, Unit{"MB", 1e6}, Unit{"kB", 1e3}, Unit{"B", 1}};
constexpr std::array kRates{Unit{"Gbit/s", 1e9}, Unit{"Mbit/s", 1e6}, Unit{"kbit/s", 1e3},
                            Unit{"bit/s", 1}};
constexpr double kMost = 1e12;

}  // namespace

std::optional<ByteCount> parse_byte_count(std::string_view text) {
  const auto bytes = parse_quantity(text, kSizes, kMost);
  return bytes ? std::optional(ByteCount{*bytes}) : std::nullopt;
}

std::optional<BitRate> parse_bit_rate(std::string_view text) {
  const auto bits = parse_quantity(text, kRates, kMost);
  return bits && *bits > 0 ? std::optional(BitRate{*bits}) : std::nullopt;
}

std::string to_text(ByteCount size) { return quantity_text(size.bytes, kSizes); }
std::string to_text(BitRate rate) { return quantity_text(rate.bits_per_s, kRates); }

}  // namespace latesyn
