#pragma once
// Waiting for what another process or kernel does, with a bound and without guessing how long.

#include <poll.h>

#include <chrono>

namespace latesyn {

/// Looks every millisecond whether `condition` holds. False where it does not within `bound`.
template <typename Condition>
[[nodiscard]] bool eventually(Condition condition,
                              std::chrono::milliseconds bound = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

}  // namespace latesyn
