#pragma once
// A TCP sequence number: arithmetic modulo 2^32 (RFC 9293 section 3.4), so it has no operator<.

#include <cstdint>

namespace latesyn {

struct Seq {
  std::uint32_t raw = 0;

  constexpr bool operator==(const Seq&) const = default;
  constexpr Seq operator+(std::uint32_t n) const { return Seq{raw + n}; }
  /// Signed distance from `b` to `a`; negative when `a` comes before `b`.
  friend constexpr std::int32_t operator-(Seq a, Seq b) {
    return static_cast<std::int32_t>(a.raw - b.raw);
  }
};

/// No window is larger (RFC 7323 section 2.3).
inline constexpr std::int32_t kWindowMax = 1 << 30;

}  // namespace latesyn
