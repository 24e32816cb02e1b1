#include "proxy/notes/counters.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "proxy/notes/counters_page.hpp"
#include "proxy/notes/number_json.hpp"
#include "proxy/report/report.hpp"
#include "tests/unit/text_of.hpp"

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
  CHECK(text_of("docs/counters.md") == counters_page());
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

TEST_CASE("people are told what had no decision or could not be done, and of nothing else") {
  Report report;
  for (const auto& row : kCounterRows) report.counters.*row.value = 7;
  report.counters.packets = 1000;
  report.counters.defects[0] = report.counters.stripped[0] = 8;
  CHECK(to_text(report) ==
        "exceptions:\n"
        "         8  passed unread: not TCP\n"
        "         7  passed: not of the policy's traffic\n"
        "         7  passed unread: TCP's checksum was wrong, so that receivers drop them\n"
        "         7  passed: the flow table was full\n"
        "         7  flows that were never answered, and forgotten to make room\n"
        "         7  passed: too many departures wait already\n"
        "         7  passed: what waits takes all the memory that it may (--held-bytes)\n"
        "         7  passed: too many of its flow wait for a trigger already\n"
        "         7  passed: more copies of them than [limits] allows would leave\n"
        "         7  left alone by a rule that remembers: of too many flows already\n"
        "         7  clients forgotten by rules that remember, longest unseen, to make room\n"
        "         7  passed: a rule wanted bytes that were not copied, or that no wire takes\n"
        "         7  joined flows that were shifted here: a window scale had to change\n"
        "         7  joined flows that were shifted here again: connection tracking had forgotten "
        "them\n"
        "         7  ICMP errors that were to be sent on, shifted: no hop left\n"
        "         7  forged, not sent: a flow of their own found no room in the table\n"
        "         7  captured, not sent: no hop left\n"
        "         7  captured, copied or forged, and discarded by hand\n"
        "         7  late SYNs beyond the list's bound\n"
        "         8  SYNs sent on without Fast Open\n");
}

}  // namespace latesyn::test
