#include <fmt/format.h>

#include <algorithm>

#include "tests/bench/report.hpp"

namespace latesyn::bench {
namespace {

constexpr int kRow = 22, kText = 380, kGoal = 260, kMost = 520, kTop = 34;

/// How much of its goal a row has reached: 1 is all of it, more is better.
double share(const Row& row) {
  const double value = std::max(row.value, 1e-3);
  return row.kind.more_is_better ? value / row.kind.goal : row.kind.goal / value;
}

std::string escaped(std::string text) {
  for (std::size_t at = 0; (at = text.find('&', at)) != text.npos; at += 5) {
    text.replace(at, 1, "&amp;");
  }
  return text;
}

std::string bar(const Row& row, int y) {
  std::string out = fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
                                kText - 8, y + 14, escaped(row.kind.what));
  if (!row.missing.empty()) {
    return out +
           fmt::format("<text x=\"{}\" y=\"{}\" fill=\"#888\">missing</text>\n", kText + 4, y + 14);
  }
  const int width = std::clamp(static_cast<int>(share(row) * kGoal), 2, kMost);
  const char* color = row.reached() ? "#3a7d44" : "#b5482f";
  return out + fmt::format(
                   "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" fill=\"{}\"/>\n"
                   "<text x=\"{}\" y=\"{}\">{:.3g}{}</text>\n",
                   kText, y + 2, width, color, kText + width + 6, y + 14, row.value,
                   row.kind.unit.empty() ? "" : " " + row.kind.unit);
}

}  // namespace

std::string svg(const Results& results) {
  const auto rows = rows_of(results);
  const int height = kTop + kRow * static_cast<int>(rows.size()) + 10;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n"
      "<text x=\"{2}\" y=\"20\" text-anchor=\"middle\">goal</text>\n",
      kText + kMost + 110, height, kText + kGoal);
  int y = kTop;
  for (const Row& row : rows) {
    out += bar(row, y);
    y += kRow;
  }
  out += fmt::format(
      "<line x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\" stroke=\"#333\" "
      "stroke-dasharray=\"4 3\"/>\n</svg>\n",
      kText + kGoal, kTop - 8, height - 8);
  return out;
}

}  // namespace latesyn::bench
