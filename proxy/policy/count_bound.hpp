#pragma once
// How often something must have happened, as policies write it: 3, or ">= 3".

#include <cstdint>

namespace latesyn {

struct CountBound {
  std::uint32_t value = 0;
  bool at_least = false;  // else exactly

  bool holds(std::uint64_t count) const { return at_least ? count >= value : count == value; }
  bool operator==(const CountBound&) const = default;
};

}  // namespace latesyn
