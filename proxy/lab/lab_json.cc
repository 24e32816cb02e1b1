// The lab's answer as JSON.

#include <nlohmann/json.hpp>

#include "proxy/lab/lab_text.hpp"

namespace latesyn {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 8> kWayNames{"through", "stuck", "arriving", "lost",
                                                    "forged",  "ended", "release",  "states"};
constexpr std::array<std::string_view, 5> kTimerNames{"none", "retransmission", "keepalive",
                                                      "time-wait", "probe"};

json socket_json(const SocketReading& reading) {
  return {{"state", name(reading.state)},
          {"inode", reading.inode},
          {"timer", kTimerNames[static_cast<std::size_t>(reading.timer)]}};
}

json line_json(const FigureLine& line) {
  return {{"at_s", in_seconds(line.at)},
          {"way", kWayNames[static_cast<std::size_t>(line.way)]},
          {"from", line.from == Side::client ? "A" : "B"},
          {"segment", line.way == Way::states
                          ? ""
                          : segment_text(line.seq, line.ack, line.flags, line.payload_size)}};
}

json row_json(const LadderRow& row) {
  json out = line_json(row.line);
  out["number"] = row.line.number;
  out["a"] = name(row.a.state);
  out["b"] = name(row.b.state);
  out["remark"] = row.remark;
  out["added"] = row.added;
  return out;
}

json flow_json(const LadderFlow& flow) {
  json rows = json::array();
  for (const LadderRow& row : flow.rows) rows.push_back(row_json(row));
  return {{"connection", flow.connection},
          {"client", flow.flow.client.text()},
          {"server", flow.flow.server.text()},
          {"late_syn", flow.late_syn},
          {"rows", rows},
          {"rows_left_out", flow.rows_left_out},
          {"end", {{"a", socket_json(flow.a)}, {"b", socket_json(flow.b)}}}};
}

json example_json(const ExampleMatch& example) {
  return {{"lines", example.lines},
          {"matched", example.matched},
          {"added", std::count(example.in_example.begin(), example.in_example.end(), false)},
          {"first_missing",
           example.first_missing ? json(to_text(*example.first_missing)) : json(nullptr)}};
}

json steps_json(const StepsResult& steps) {
  return {{"steps", steps.steps}, {"done", steps.done}, {"problem", steps.problem}};
}

json counters_json(const std::map<std::string, std::int64_t>& counters) {
  json out = json::object();
  for (const auto& [name, value] : counters) {
    if (value != 0) out[name] = value;
  }
  return out;
}

/// Null where it still ran.
json status_json(const CommandEnd& end) { return end.status ? json(*end.status) : json(nullptr); }

json lab_json(const LabResult& result) {
  return {{"family", result.server.address.family() == Family::v4 ? 4 : 6},
          {"client", result.client.address.text()},
          {"server", result.server.address.text()},
          {"port", result.server.port},
          {"duration_s", in_seconds(result.report.ended)},
          {"began_s", result.began ? json(in_seconds(*result.began)) : json(nullptr)},
          {"out_of_time", result.out_of_time},
          {"interrupted", result.interrupted},
          {"held_at_end", result.waiting},
          {"lost", result.lost},
          {"unsettled", result.unsettled},
          {"accepted", result.endpoints.accepted},
          {"served", result.endpoints.served},
          {"problems", result.endpoints.problems},
          {"steps", steps_json(result.steps)},
          {"client_counters", counters_json(result.report.lab->client.counters)},
          {"server_counters", counters_json(result.report.lab->server.counters)}};
}

}  // namespace

json to_json(const LabResult& result) {
  json out = to_json(result.report);
  const LabFacts& facts = *result.report.lab;
  if (facts.client.command) out["client_status"] = status_json(*facts.client.command);
  if (facts.server.command) out["server_status"] = status_json(*facts.server.command);
  out["example"] = result.example ? example_json(*result.example) : json(nullptr);
  out["lab"] = lab_json(result);
  out["ladder"] = json::array();
  for (const LadderFlow& flow : result.ladder) out["ladder"].push_back(flow_json(flow));
  out["ladder_left_out"] = result.flows_left_out;
  return out;
}

}  // namespace latesyn
