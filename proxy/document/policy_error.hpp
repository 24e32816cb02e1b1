#pragma once
// What is wrong with a policy, as its author is told.

#include <stdexcept>

namespace latesyn {

/// The text names file, line and column, what is wrong there, and what would be right.
struct PolicyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace latesyn
