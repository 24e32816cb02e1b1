#include "proxy/notes/counters.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "proxy/notes/counters_page.hpp"
#include "proxy/notes/number_json.hpp"

namespace latesyn::test {
namespace {

/// Every member of its own: each is set by its row, and read back under its name.
template <typename Numbers, std::size_t N>
void check_rows(const std::array<NumberRow<Numbers>, N>& rows) {
  Numbers numbers;
  std::uint64_t next = 0;
  for (const auto& row : rows) numbers.*row.value = ++next;
  const nlohmann::json json = numbers_json(numbers, rows);
  CHECK(json.size() == rows.size());
  std::set<std::uint64_t> values;
  for (const auto& row : rows)
    values.insert(json.at(std::string(row.name)).template get<std::uint64_t>());
  CHECK(values.size() == rows.size());
}

}  // namespace

TEST_CASE("docs/counters.md is what `latesyn counters` makes of the rows") {
  std::ifstream file(LATESYN_SOURCE "/docs/counters.md");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str() == counters_page());
}

TEST_CASE("every counter has a row, a name and a number of its own") {
  check_rows(kCounterRows);
  check_rows(kTableRows);
  check_rows(kDeviceRows);
}

TEST_CASE("a sum adds each number to its own") {
  Counters a, b;
  a.packets = 1;
  a.defects[2] = 5;
  b.packets = 2;
  b.late_syns_unlisted = 7;
  Counters wanted;
  wanted.packets = 3;
  wanted.defects[2] = 5;
  wanted.late_syns_unlisted = 7;
  CHECK(sum(a, b) == wanted);
}

}  // namespace latesyn::test
