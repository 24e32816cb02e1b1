// The report as one JSON object.

#include <nlohmann/json.hpp>

#include <algorithm>

#include "proxy/report/report_fields.hpp"

namespace latesyn {

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

json to_json(const Report& report) { return JsonFields::of(report); }

}  // namespace latesyn
