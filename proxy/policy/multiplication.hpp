#pragma once
// How many packets a policy can make of one: rules that copy what others have copied multiply.

#include "proxy/policy/policy.hpp"

namespace latesyn {

/// The most packets that leave for one that comes in, where every rule matches it that can match
/// together with the others by its kind, direction, connection and copy. kCrowd stands for more.
std::uint64_t most_departures(const Policy& policy);

inline constexpr std::uint64_t kCrowd = 1'000'000'000;

}  // namespace latesyn
