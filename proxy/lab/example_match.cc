#include "proxy/lab/example_match.hpp"

namespace latesyn {
namespace {

bool same_segment(const FigureLine& a, FigureLine b) {
  b.at = a.at;
  return a == b;
}

/// The waits since the lines matched last, in the example and in what happened.
bool in_time(Duration expected, Duration found) {
  const Duration off = found > expected ? found - expected : expected - found;
  return off <= example_slack(expected);
}

}  // namespace

ExampleMatch match_example(const std::vector<FigureLine>& example,
                           const std::vector<FigureLine>& happened) {
  ExampleMatch match;
  match.lines = example.size();
  match.in_example.resize(happened.size(), false);
  if (happened.empty() || example.empty()) {
    if (!example.empty()) match.first_missing = example.front();
    return match;
  }
  Time example_last = example.front().at, happened_last = happened.front().at;
  std::size_t at = 0;
  for (const FigureLine& line : example) {
    const auto fits = [&](const FigureLine& other) {
      return same_segment(line, other) && in_time(line.at - example_last, other.at - happened_last);
    };
    std::size_t found = at;
    while (found < happened.size() && !fits(happened[found])) ++found;
    if (found == happened.size()) {
      if (!match.first_missing) match.first_missing = line;
      continue;
    }
    match.in_example[found] = true;
    ++match.matched;
    at = found + 1;
    example_last = line.at;
    happened_last = happened[found].at;
  }
  return match;
}

}  // namespace latesyn
