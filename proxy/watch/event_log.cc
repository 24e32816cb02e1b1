#include "proxy/watch/event_log.hpp"

#include <fmt/chrono.h>

#include <nlohmann/json.hpp>

#include "proxy/report/report.hpp"

namespace latesyn {
namespace {

// In the order that they are written in: a line is read by people too.
using Json = nlohmann::ordered_json;

/// "2026-01-31T12:00:00.123456789Z" (RFC 3339).
std::string utc_text(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", seconds, (time - seconds).count());
}

Json event(std::string_view kind, Time at) { return {{"event", kind}, {"at", in_seconds(at)}}; }

void add_segment(Json& json, const Segment& s) {
  json["client"] = s.flow.client.text();
  json["server"] = s.flow.server.text();
  json["connection"] = s.connection;
  json["from"] = name(s.from);
  json["segment"] = name(s.kind);
  json["flags"] = s.flags.text();
  json["seq"] = s.seq.raw;
  json["ack"] = s.ack.raw;
  json["shown_seq"] = s.shown_seq;
  json["shown_ack"] = s.shown_ack;
  json["payload"] = s.payload_size;
  json["copy"] = s.copy;
  json["incarnation"] = s.life == Life::current ? "current" : "stale";
}

/// Null where no rule made it leave as it does.
Json rule_json(const std::string& rule) { return rule.empty() ? Json(nullptr) : Json(rule); }

Json departures(const std::vector<Planned>& planned) {
  Json list = Json::array();
  for (const Planned& p : planned) {
    list.push_back({{"to", name(p.to)},
                    {"origin", name(p.origin)},
                    {"changed", p.changed},
                    {"once", name(p.once)},
                    {"after", in_seconds(p.after)},
                    {"rule", rule_json(p.rule)},
                    {"changed_by", p.changed_by}});
    if (p.icmp) list.back()["icmp"] = name(*p.icmp);
  }
  return list;
}

/// Why something of ours left, and when that came which it comes of.
void add_cause(Json& json, const auto& note) {
  json["rule"] = rule_json(note.rule);
  json["changed_by"] = note.changed_by;
  json["arrived"] = in_seconds(note.arrived);
  json["at_once"] = note.at_once;
}

Json event_json(const Arrived& note) {
  Json json = event("arrived", note.at);
  add_segment(json, note.segment);
  json["fate"] = name(note.fate);
  json["rules"] = note.rules;
  json["rule"] = rule_json(note.rule);
  json["departures"] = departures(note.planned);
  return json;
}

Json event_json(const Departed& note) {
  Json json = event("departed", note.at);
  add_segment(json, note.segment);
  json["to"] = name(note.to);
  json["origin"] = name(note.origin);
  json["changed"] = note.changed;
  if (const auto stripped = text(note.stripped); !stripped.empty()) json["stripped"] = stripped;
  add_cause(json, note);
  return json;
}

Json event_json(const Resumed& note) {
  Json json = event("resumed", note.at);
  add_segment(json, note.segment);
  json["to"] = name(note.to);
  json["origin"] = name(note.origin);
  json["rule"] = rule_json(note.rule);
  json["arrived"] = in_seconds(note.arrived);
  json["departures"] = departures(note.planned);
  return json;
}

/// Its segment is that which the error is about.
Json event_json(const IcmpSent& note) {
  Json json = event("icmp", note.at);
  json["error"] = name(note.error);
  json["to"] = name(note.to);
  add_cause(json, note);
  Json about;
  add_segment(about, note.segment);
  json["about"] = std::move(about);
  return json;
}

Json event_json(const Triggered& note) {
  Json json = event("triggered", note.at);
  json["client"] = note.flow.client.text();
  json["server"] = note.flow.server.text();
  json["connection"] = note.connection;
  json["trigger"] = name(note.trigger);
  json["woken"] = note.woken;
  return json;
}

Json event_json(const Judged& note) {
  Json json = event("judged", note.at);
  json.update(Json(to_json(note.late_syn, note.at)));
  return json;
}

Json event_json(const Released& note) {
  Json json = event("released", note.at);
  json["woken"] = note.woken;
  return json;
}

Json event_json(const Discarded& note) {
  Json json = event("discarded", note.at);
  add_segment(json, note.segment);
  json["to"] = name(note.to);
  json["origin"] = name(note.origin);
  json["rule"] = rule_json(note.rule);
  json["arrived"] = in_seconds(note.arrived);
  return json;
}

Json event_json(const Reloaded& note) {
  Json json = event("reloaded", note.at);
  json["policy"] = note.policy;
  return json;
}

}  // namespace

std::string event_line(const Note& note) {
  return std::visit([](const auto& kind) { return event_json(kind).dump(); }, note);
}

EventLog::EventLog(OutputFile& file, const EventLogHeader& header) : file_(file) {
  Json json = event("started", Time());
  json["version"] = LATESYN_VERSION;
  json["policy"] = header.policy;
  json["seed"] = header.seed;
  json["wall_clock"] = utc_text(header.started);
  file_.write(json.dump() + "\n");
  file_.flush();
}

void EventLog::on_note(const Note& note, Bytes) { file_.write(event_line(note) + "\n"); }

void EventLog::on_settled(Time) { file_.flush(); }

}  // namespace latesyn
