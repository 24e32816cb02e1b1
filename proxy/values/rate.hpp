#pragma once
// How much, and how fast: bytes, and bits per second. A kilobit is 1000 bits, a kilobyte 1000
// bytes.

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/values/time.hpp"

namespace latesyn {

struct ByteCount {
  std::int64_t bytes = 0;
  bool operator==(const ByteCount&) const = default;
};

struct BitRate {
  std::int64_t bits_per_s = 1;
  bool operator==(const BitRate&) const = default;

  /// How long so many bytes take, to the nanosecond; kLongestWait at most.
  Duration time_of(ByteCount size) const {
    constexpr auto kMost = static_cast<double>(kLongestWait.count());
    const double bits = static_cast<double>(size.bytes) * 8;
    return Duration(std::llround(std::min(bits * 1e9 / static_cast<double>(bits_per_s), kMost)));
  }
};

/// "64kB": a number and one of the units B, kB, MB, GB; up to 1000 GB. Nothing for anything else.
std::optional<ByteCount> parse_byte_count(std::string_view text);
/// "10Mbit/s": a number and one of the units bit/s, kbit/s, Mbit/s, Gbit/s; from 1 bit/s to
/// 1000 Gbit/s. Nothing for anything else.
std::optional<BitRate> parse_bit_rate(std::string_view text);

/// The shortest exact form, in the largest unit that leaves at most three decimals.
std::string to_text(ByteCount size);
std::string to_text(BitRate rate);

}  // namespace latesyn
