#pragma once
// Every load of the benchmark, run after run.

#include "tests/bench/results.hpp"
#include "tests/bench/subject.hpp"

namespace latesyn::bench {

struct Options {
  bool quick = false;
  std::vector<std::pair<std::string, std::string>> peers;  // name and command
  std::vector<std::string> only;                           // loads; empty: all
  int runs = 0;                                            // 0: 5, or 2 where it is quick
  std::string json, svg;

  int runs_or_default() const { return runs != 0 ? runs : quick ? 2 : 5; }
  double seconds() const { return quick ? 1 : 2; }
};

/// What can't be measured is in the results with the reason; the rest goes on.
Results measure(const Options& options);

}  // namespace latesyn::bench
