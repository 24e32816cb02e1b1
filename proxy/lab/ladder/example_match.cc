#include "proxy/lab/ladder/example_match.hpp"

namespace latesyn {
namespace {

bool same_states(const FigureLine& example, const FigureLine& happened) {
  const auto same = [](SocketState wanted, SocketState is) {
    return wanted == SocketState::unknown || wanted == is;
  };
  return same(example.a, happened.a) && same(example.b, happened.b);
}

bool same_line(const FigureLine& example, FigureLine happened) {
  if (!same_states(example, happened)) return false;
  if (example.way == Way::states) return happened.way != Way::release;
  happened.at = example.at;
  happened.number = example.number;
  happened.a = example.a;
  happened.b = example.b;
  return example == happened;
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
  match.places.resize(example.size());
  if (happened.empty() || example.empty()) {
    if (!example.empty()) match.first_missing = example.front();
    return match;
  }
  Time example_last = example.front().at, happened_last = happened.front().at;
  std::size_t at = 0;
  for (std::size_t i = 0; i < example.size(); ++i) {
    const FigureLine& line = example[i];
    const auto fits = [&](const FigureLine& other) {
      return same_line(line, other) && in_time(line.at - example_last, other.at - happened_last);
    };
    // The segment matched last may be what left the states so.
    std::size_t found = line.way == Way::states && at > 0 ? at - 1 : at;
    while (found < happened.size() && !fits(happened[found])) ++found;
    if (found == happened.size()) {
      if (!match.first_missing) match.first_missing = line;
      continue;
    }
    match.places[i] = found;
    ++match.matched;
    if (line.way == Way::states && happened[found].way != Way::states) continue;
    match.in_example[found] = true;
    at = found + 1;
    example_last = line.at;
    happened_last = happened[found].at;
  }
  return match;
}

}  // namespace latesyn
