#pragma once
// Medians and the like of a few numbers.

#include <vector>

namespace latesyn::bench {

/// The value below which the share `q` of the values lies; NaN for none.
double quantile(std::vector<double> values, double q);

inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

}  // namespace latesyn::bench
