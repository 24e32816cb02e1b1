#pragma once
// The results for people: a table, JSON and a plot.

#include <string>

#include "tests/bench/results.hpp"

namespace latesyn::bench {

/// The rows with their goals, then the medians of everything measured, as Markdown.
std::string table(const Results& results);
/// Rows, and every number of every run.
std::string json(const Results& results);
/// A bar for each row: how far it came, its goal being 1.
std::string svg(const Results& results);

}  // namespace latesyn::bench
