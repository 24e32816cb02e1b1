#include "proxy/document/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace latesyn {
namespace {

/// Longer texts are no typing mistake of any word here.
constexpr std::size_t kLongest = 64;

/// Letters to insert, remove or replace (Levenshtein 1965), one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view text, std::span<const std::string_view> words) {
  if (text.empty() || text.size() > kLongest) return {};
  std::string_view best;
  std::size_t fewest = (text.size() + 2) / 3 + 1;
  for (const std::string_view word : words) {
    const std::size_t mistakes = distance(text, word);
    if (mistakes < fewest && mistakes < word.size()) {
      fewest = mistakes;
      best = word;
    }
  }
  return best;
}

std::string suggestion(std::string_view text, std::span<const std::string_view> words) {
  const std::string all = fmt::format("one of: {}", fmt::join(words, ", "));
  const std::string_view near = nearest(text, words);
  return near.empty() ? all : fmt::format("did you mean \"{}\"? It is {}", near, all);
}

}  // namespace latesyn
