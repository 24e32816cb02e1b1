#pragma once
// What a fuzz target demands.

#include <cstdlib>

namespace latesyn::test {

/// In every build: an assert would be gone from a release.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace latesyn::test
