#pragma once
// What was measured, and what it means: rows with a goal each.

#include <map>
#include <string>
#include <vector>

namespace latesyn::bench {

/// One number a run, of one subject under one load. Runs of all subjects of a load are interleaved:
/// the n-th numbers belong together.
using Series = std::vector<double>;

struct Results {
  std::map<std::string, std::map<std::string, Series>> values;        // by load, by subject
  std::map<std::string, std::map<std::string, std::string>> missing;  // why there are no values

  const Series* find(const std::string& load, const std::string& subject) const;
};

/// How a row's number comes of its subject's and its peer's.
enum class Combine {
  value,
  ratio,
  added,
  apart,  // more or less, in percent of the peer's
};

struct RowKind {
  std::string what, load, subject, peer;  // no peer: the value itself
  Combine combine = Combine::ratio;
  double goal = 0, stretch = 0;
  bool more_is_better = true;
  std::string unit = "";
};

struct Row {
  RowKind kind;
  std::string missing;  // why there is no number; empty: there is one
  double value = 0, lowest = 0, highest = 0;
  bool reached() const {
    return missing.empty() && (kind.more_is_better ? value >= kind.goal : value <= kind.goal);
  }
  bool stretched() const {
    return missing.empty() && (kind.more_is_better ? value >= kind.stretch : value <= kind.stretch);
  }
};

/// The goals.
std::vector<RowKind> row_kinds();
/// Each kind's row, as far as `results` has what it takes.
std::vector<Row> rows_of(const Results& results);

}  // namespace latesyn::bench
