#include "tests/bench/report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/bench/numbers.hpp"

namespace latesyn::bench {
namespace {

std::string number_text(double value, const std::string& unit) {
  const std::string behind = unit.empty() ? "" : " " + unit;
  if (std::abs(value) >= 1e9) return fmt::format("{:.2f} G{}", value / 1e9, unit);
  if (std::abs(value) >= 10e6) return fmt::format("{:.2f} M{}", value / 1e6, unit);
  if (std::abs(value) >= 10e3) return fmt::format("{:.1f} k{}", value / 1e3, unit);
  return fmt::format("{:.{}f}{}", value, std::abs(value) >= 10 ? 1 : 2, behind);
}

std::string verdict(const Row& row) {
  if (!row.missing.empty()) return "missing";
  return row.stretched() ? "stretch" : row.reached() ? "reached" : "missed";
}

std::string line(const Row& row) {
  const RowKind& kind = row.kind;
  const std::string goal =
      fmt::format("{} ({})", number_text(kind.goal, kind.unit), number_text(kind.stretch, ""));
  if (!row.missing.empty()) {
    return fmt::format("| {} | {} | {} | | missing |\n", kind.what, goal, row.missing);
  }
  return fmt::format("| {} | {} | {} | {} to {} | {} |\n", kind.what, goal,
                     number_text(row.value, kind.unit), number_text(row.lowest, ""),
                     number_text(row.highest, ""), verdict(row));
}

}  // namespace

std::string table(const Results& results) {
  std::string out =
      "| what | goal (stretch) | median | lowest to highest | |\n|---|---|---|---|---|\n";
  for (const Row& row : rows_of(results)) out += line(row);
  out += "\n| load | subject | median | lowest to highest | runs |\n|---|---|---|---|---|\n";
  for (const auto& [load, subjects] : results.values) {
    for (const auto& [subject, series] : subjects) {
      out += fmt::format("| {} | {} | {} | {} to {} | {} |\n", load, subject,
                         number_text(median(series), ""), number_text(quantile(series, 0), ""),
                         number_text(quantile(series, 1), ""), series.size());
    }
  }
  return out;
}

std::string json(const Results& results) {
  nlohmann::ordered_json out;
  out["rows"] = nlohmann::ordered_json::array();
  for (const Row& row : rows_of(results)) {
    nlohmann::ordered_json one{{"what", row.kind.what},       {"load", row.kind.load},
                               {"subject", row.kind.subject}, {"peer", row.kind.peer},
                               {"unit", row.kind.unit},       {"goal", row.kind.goal},
                               {"stretch", row.kind.stretch}, {"verdict", verdict(row)}};
    if (row.missing.empty()) {
      one.update({{"median", row.value}, {"lowest", row.lowest}, {"highest", row.highest}});
    } else {
      one["missing"] = row.missing;
    }
    out["rows"].push_back(one);
  }
  out["runs"] = results.values;
  out["missing"] = results.missing;
  return out.dump(2) + "\n";
}

}  // namespace latesyn::bench
