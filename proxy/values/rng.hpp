#pragma once
// Chance as an argument: a small generator that is cheap to make afresh for every decision, so that
// a decision depends on its key (seed, rule, connection, segment) and on nothing that came before.

#include <cstdint>
#include <initializer_list>
#include <limits>

namespace latesyn {

/// SplitMix64 (Steele, Lea, Flood 2014). Satisfies UniformRandomBitGenerator.
class Rng {
 public:
  using result_type = std::uint64_t;

  /// Keys that differ in any element give streams that have nothing to do with each other.
  constexpr explicit Rng(std::initializer_list<std::uint64_t> key) {
    for (const std::uint64_t element : key) state_ = mix(state_ + kStep) ^ mix(element + kStep);
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  constexpr result_type operator()() { return mix(state_ += kStep); }

  /// From 0 (included) to 1 (not included).
  constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t state_ = 0;
};

}  // namespace latesyn
