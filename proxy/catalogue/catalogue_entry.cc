#include "proxy/catalogue/catalogue_entry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "proxy/linux/families.hpp"

namespace latesyn {
namespace {

std::string joined(const nlohmann::json& expectations, const char* key) {
  std::vector<std::string> all;
  for (const auto& expectation : expectations) {
    for (const auto& part : expectation.at(key)) all.push_back(part.get<std::string>());
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

/// What makes a run worthless, or an example untrue, whatever the expectations say.
std::string problem_of(const nlohmann::json& report) {
  if (report.at("lab").at("lost") != 0) return "latesyn lost packets";
  const auto& example = report.at("example");
  if (example.is_null() || example.at("first_missing").is_null()) return {};
  return fmt::format("{} of {} lines of the example; missing: {}", example.at("matched").get<int>(),
                     example.at("lines").get<int>(),
                     example.at("first_missing").get<std::string>());
}

/// What each column has, in its width.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { add(std::move(header)); }
  void add(std::vector<std::string> row) {
    widths_.resize(std::max(widths_.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], row[i].size());
    rows_.push_back(std::move(row));
  }
  std::string text() const {
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += fmt::format("{:<{}}  ", row[i], widths_[i]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }

 private:
  std::vector<std::size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace

CatalogueEntry::Outcome read_outcome(const std::string& report, int status,
                                     const std::string& last_words) {
  const auto json = nlohmann::json::parse(report, nullptr, false);
  if (json.is_discarded()) {
    return {.wanted = {}, .got = "did not run", .passed = false, .problem = last_words};
  }
  const std::string problem = problem_of(json);
  return {.wanted = joined(json.at("expectations"), "wanted"),
          .got = joined(json.at("expectations"), "got"),
          .passed = status == 0 && problem.empty(),
          .problem = problem};
}

bool is_as_it_should(const CatalogueEntry& entry) {
  return !entry.not_here.empty() || (entry.outcome && entry.outcome->passed);
}

std::string to_text(const std::vector<CatalogueEntry>& entries) {
  Table table({"scenario", "source", "family", "", "outcome", "expected"});
  std::size_t passed = 0, not_here = 0;
  std::string problems;
  for (const CatalogueEntry& entry : entries) {
    if (!entry.not_here.empty()) {
      ++not_here;
      table.add({entry.policy, entry.source, std::string(family_name(entry.family)), "-",
                 "not on this kernel: " + entry.not_here});
      continue;
    }
    const auto outcome = entry.outcome.value_or(CatalogueEntry::Outcome{.got = "was not played"});
    const std::string family(family_name(entry.family));
    passed += outcome.passed ? 1U : 0U;
    table.add({entry.policy, entry.source, family, outcome.passed ? "pass" : "FAIL", outcome.got,
               // Said once where both are the same.
               outcome.got == outcome.wanted ? "the same" : outcome.wanted});
    if (!outcome.problem.empty()) {
      problems += fmt::format("{} over {}: {}\n", entry.policy, family, outcome.problem);
    }
  }
  const std::string left_out =
      not_here == 0 ? "" : fmt::format(", {} not on this kernel", not_here);
  return table.text() + problems +
         fmt::format("{} of {} as expected{}\n", passed, entries.size() - not_here, left_out);
}

}  // namespace latesyn
