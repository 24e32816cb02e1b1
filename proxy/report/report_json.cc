// The report as one JSON object.

#include <nlohmann/json.hpp>

#include <algorithm>

#include "proxy/notes/note_fields.hpp"
#include "proxy/notes/number_json.hpp"
#include "proxy/report/report.hpp"

namespace latesyn {
namespace {

using nlohmann::json;

json counters_json(const Counters& c) {
  json defects = json::object();
  for (std::size_t i = 0; i < kDefects; ++i) {
    std::string key(name(static_cast<Defect>(i)));
    std::ranges::replace(key, ' ', '_');
    defects[key] = c.defects[i];
  }
  json stripped = json::object();
  for (std::size_t i = 0; i < kStripped.size(); ++i) {
    stripped[std::string(kStripped[i].name)] = c.stripped[i];
  }
  json all = numbers_json(c, kCounterRows);
  all["stripped"] = stripped;
  all["defects"] = defects;
  return all;
}

json rules_json(const std::vector<RuleCount>& rules) {
  json all = json::array();
  for (const RuleCount& r : rules) {
    all.push_back({{"rule", r.rule}, {"matched", r.matched}, {"made", r.made}, {"left", r.left}});
  }
  return all;
}

json exchanges_json(const Exchanges& exchanges) {
  auto sorted = exchanges.connect_s;
  std::ranges::sort(sorted);
  return {{"count", exchanges.count},
          {"intact", exchanges.intact},
          {"connect_s", exchanges.connect_s},
          {"connect_median_s", sorted.empty() ? json(nullptr) : json(sorted[sorted.size() / 2])}};
}

}  // namespace

json to_json(const Report& report) {
  json expectations = json::array();
  for (const Finding& f : report.expectations) {
    expectations.push_back({{"text", f.text},
                            {"passed", f.passed},
                            {"found", f.found},
                            {"wanted", f.wanted},
                            {"got", f.got}});
  }
  json late_syns = json::array();
  for (const LateSyn& late : report.late_syns) {
    late_syns.push_back(json(JsonFields::of(LateSynAt{late, report.ended})));
  }
  json out{{"policy", report.policy},
           {"seed", report.seed},
           {"evidence", report.evidence == Evidence::sockets ? "sockets" : "wire"},
           {"ended_s", in_seconds(report.ended)},
           {"passed", report.passed()},
           {"expectations", expectations},
           {"not_judged", report.not_judged},
           {"late_syns", late_syns},
           {"rules", rules_json(report.rules)},
           {"counters", counters_json(report.counters)},
           {"tables", numbers_json(report.tables, kTableRows)}};
  if (report.exchanges) out["exchanges"] = exchanges_json(*report.exchanges);
  return out;
}

}  // namespace latesyn
