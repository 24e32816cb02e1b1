#pragma once
// Does what happened between the kernels contain a policy's example, line by line and in order?
// What the kernels add to it is fine, and shown as added.

#include <optional>
#include <vector>

#include "proxy/notes/figure.hpp"

namespace latesyn {

/// How much more or less time than in the example may pass between two of its lines when kernels
/// play it. Up to an eighth of the wait: that is how coarsely Linux's timer wheel rounds a timer
/// up. And 0.1 s for everything that has to be scheduled on a busy machine.
constexpr Duration example_slack(Duration wait) {
  return std::chrono::milliseconds(100) + wait / 8;
}

struct ExampleMatch {
  std::size_t lines = 0, matched = 0;
  /// For each line that happened: whether the example has it.
  std::vector<bool> in_example;
  /// For each line of the example: the place of the line that happened, if any did. A line of
  /// states may be found at a segment that left them so, and shares its place.
  std::vector<std::optional<std::size_t>> places;
  std::optional<FigureLine> first_missing;

  bool complete() const { return matched == lines; }
};

/// Both with sequence numbers as figures show them. States that the example has must be those of
/// what happened, which has all. `happened` counts time from its own beginning.
ExampleMatch match_example(const std::vector<FigureLine>& example,
                           const std::vector<FigureLine>& happened);

}  // namespace latesyn
