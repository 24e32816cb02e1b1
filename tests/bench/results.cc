#include "tests/bench/results.hpp"

#include <cmath>

#include "tests/bench/numbers.hpp"

namespace latesyn::bench {
namespace {

double combined(Combine combine, double value, double peer) {
  switch (combine) {
    case Combine::ratio:
      return value / peer;
    case Combine::added:
      return value - peer;
    case Combine::apart:
      return 100 * std::abs(value / peer - 1);
    case Combine::value:
      break;
  }
  return value;
}

Row row_of(const RowKind& kind, const Results& results) {
  Row row{.kind = kind};
  const Series* own = results.find(kind.load, kind.subject);
  const Series* peer = kind.peer.empty() ? own : results.find(kind.load, kind.peer);
  if (own == nullptr || peer == nullptr) {
    const auto load = results.missing.find(kind.load);
    row.missing = "not measured";
    if (load != results.missing.end()) {
      for (const std::string& name : {kind.subject, kind.peer}) {
        if (load->second.contains(name)) row.missing = load->second.at(name);
      }
    }
    return row;
  }
  Series numbers;
  for (std::size_t i = 0; i < std::min(own->size(), peer->size()); ++i) {
    numbers.push_back(combined(kind.combine, (*own)[i], (*peer)[i]));
  }
  row.value = median(numbers);
  row.lowest = quantile(numbers, 0);
  row.highest = quantile(numbers, 1);
  return row;
}

}  // namespace

const Series* Results::find(const std::string& load, const std::string& subject) const {
  const auto of_load = values.find(load);
  if (of_load == values.end()) return nullptr;
  const auto series = of_load->second.find(subject);
  return series == of_load->second.end() || series->second.empty() ? nullptr : &series->second;
}

std::vector<RowKind> row_kinds() {
  using enum Combine;
  return {
      {"bulk, stale-SYN policy armed / no queue", "bulk", "control", "no queue", ratio, 0.97, 1.0},
      {"bulk, joined, kernel translating / no queue", "bulk", "joined", "no queue", ratio, 0.90,
       0.97},
      {"bulk, zero-delay rule on every segment / no queue", "bulk", "every", "no queue", ratio,
       0.75, 0.88},
      {"bulk, user-space translation / no queue", "bulk", "user space", "no queue", ratio, 0.40,
       0.55},
      {"bulk, stale-SYN policy armed / HAProxy", "bulk", "control", "HAProxy", ratio, 1, 1},
      {"bulk, joined, kernel translating / HAProxy", "bulk", "joined", "HAProxy", ratio, 1, 1},
      {"bulk, zero-delay rule on every segment / HAProxy", "bulk", "every", "HAProxy", ratio, 1, 1},
      {"connections/s, pass with SYNs queued / no queue", "connections", "SYNs", "no queue", ratio,
       0.90, 1.0},
      {"connections/s, client-first / SYNPROXY", "connections", "client-first", "SYNPROXY", ratio,
       0.85, 1.0},
      {"connections/s, server-first / HAProxy", "connections", "server-first", "HAProxy", ratio,
       1.15, 1.35},
      {"rate of 100 Mbit/s, 1 connection, missed by", "rate", "latesyn, 1", "asked for", apart, 2,
       0.5, false, "%"},
      {"rate of 100 Mbit/s, 200 connections, missed by", "rate", "latesyn, 200", "asked for", apart,
       2, 0.5, false, "%"},
      {"rate of 100 Mbit/s, 1 connection, apart from tc tbf", "rate", "latesyn, 1", "tc tbf, 1",
       apart, 2, 0.5, false, "%"},
      {"rate of 100 Mbit/s, 200 connections, apart from tc tbf", "rate", "latesyn, 200",
       "tc tbf, 200", apart, 2, 0.5, false, "%"},
      {"SYN-ACKs for 100 k SYN/s, client-first", "flood", "client-first", "", value, 0.99, 1.0},
      {"round trip added p50, control only", "round trip", "control", "no queue", added, 2, 0,
       false, "µs"},
      {"round trip added p50, joined", "round trip", "joined", "no queue", added, 5, 2, false,
       "µs"},
      {"round trip added p50, queued", "round trip", "every", "no queue", added, 30, 20, false,
       "µs"},
      {"lateness of a release, p50", "lateness", "p50", "", value, 50, 50, false, "µs"},
      {"lateness of a release, p99", "lateness", "p99", "", value, 200, 200, false, "µs"},
      {"lateness with --spin, p50", "lateness", "spin p50", "", value, 2, 2, false, "µs"},
      {"lateness with --spin, p99", "lateness", "spin p99", "", value, 50, 50, false, "µs"},
      {"memory of a captured SYN", "held", "bytes", "", value, 256, 160, false, "B"},
      {"SYNs released per second", "held", "per second", "", value, 300e3, 300e3, true, "/s"},
      {"flow table at 1 M: find", "flow table", "find", "", value, 100, 60, false, "ns"},
      {"memory of an idle joined flow", "idle", "bytes", "", value, 640, 480, false, "B"},
  };
}

std::vector<Row> rows_of(const Results& results) {
  std::vector<Row> rows;
  for (const RowKind& kind : row_kinds()) rows.push_back(row_of(kind, results));
  return rows;
}

}  // namespace latesyn::bench
