#pragma once
// What the JSON report says: each field with its meaning. The report and docs/report.md are made of
// this.

#include <algorithm>

#include "proxy/notes/note_fields.hpp"
#include "proxy/notes/number_json.hpp"
#include "proxy/report/report.hpp"

namespace latesyn {

template <typename Out>
void tell(const Finding& finding, Out& out) {
  out("text", finding.text, "the expectation, in words");
  out("passed", finding.passed, "whether it came true");
  out("found", finding.found, "what was found");
  out("wanted", finding.wanted, "what was wanted, in few words and without times");
  out("got", finding.got, "what was found in the same words; the same where it passed");
}

template <typename Out>
void tell(const RuleCount& count, Out& out) {
  out("rule", count.rule, "the name of a rule, or of a `[[replay]]`");
  out("matched", count.matched, "segments that it matched");
  out("made", count.made, "departures that it made: copies, packets of ours, what it lets wait");
  out("left", count.left, "those of them that have left");
}

template <typename Out>
void tell(const Exchanges& exchanges, Out& out) {
  auto sorted = exchanges.connect_s;
  std::ranges::sort(sorted);
  out("count", exchanges.count, "exchanges of the lab's own client");
  out("intact", exchanges.intact, "those in which every byte came back");
  out("connect_s", exchanges.connect_s, "how long each `connect()` took");
  out("connect_median_s",
      sorted.empty() ? OrderedJson(nullptr) : OrderedJson(sorted[sorted.size() / 2]),
      "the median of those, or null");
}

/// Those of the rows, and those by kind.
nlohmann::json counters_json(const Counters& counters);

template <typename Out>
void tell(const Report& report, Out& out) {
  std::vector<LateSynAt> late_syns;
  for (const LateSyn& late : report.late_syns) late_syns.push_back({late, report.ended});
  out("policy", report.policy, "the file, as the user named it");
  out("seed", report.seed, "with it, the same packets meet the same chances");
  out("evidence", report.evidence == Evidence::sockets ? "sockets" : "wire",
      "where the outcomes were read: `wire`, or `sockets` too");
  out("ended_s", in_seconds(report.ended), "when it ended, since latesyn started");
  out("passed", report.passed(), "whether every expectation came true");
  out.list("expectations", report.expectations, "what came of each [expectation](#expectations)");
  out("not_judged", report.not_judged, "what of the expectations nobody could tell here");
  out.list("late_syns", late_syns, "every [late SYN](events.md#late-syns)");
  out.list("rules", report.rules, "what each [rule](#rules) has done, in the policy's order");
  out("counters", counters_json(report.counters), "what was [counted](counters.md)");
  out("tables", numbers_json(report.tables, kTableRows),
      "what was [remembered](counters.md) at the end");
  if (report.exchanges) {
    out.object("exchanges", *report.exchanges,
               "in a lab, its own client's [exchanges](#exchanges)");
  }
}

}  // namespace latesyn
