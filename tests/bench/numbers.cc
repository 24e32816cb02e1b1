#include "tests/bench/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace latesyn::bench {

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return std::nan("");
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::lround(last * q))];
}

}  // namespace latesyn::bench
