#include "proxy/watch/event_log.hpp"

#include <fmt/chrono.h>

#include "proxy/notes/note_fields.hpp"

namespace latesyn {
namespace {

/// "2026-01-31T12:00:00.123456789Z" (RFC 3339).
std::string utc_text(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", seconds, (time - seconds).count());
}

template <typename Told>
std::string line_of(const Told& what) {
  return JsonFields::of(what).dump();
}

template <std::size_t... Kinds>
std::string sections(std::index_sequence<Kinds...>) {
  return (FieldsPage::of(std::variant_alternative_t<Kinds, Note>()) + ...);
}

}  // namespace

template <typename Out>
void tell(const EventLogHeader& header, Out& out) {
  out.event("started", Time(), "The first line.");
  out("version", LATESYN_VERSION, "of latesyn");
  out("policy", header.policy, "the file, as the user named it");
  out("seed", header.seed, "with it, the same packets meet the same chances");
  out("wall_clock", utc_text(header.started), "when that was, in UTC (RFC 3339)");
}

std::string event_line(const Note& note) {
  return std::visit([](const auto& kind) { return line_of(kind); }, note);
}

EventLog::EventLog(OutputFile& file, const EventLogHeader& header) : file_(file) {
  file_.write(line_of(header) + "\n");
  file_.flush();
}

void EventLog::on_note(const Note& note, Bytes) { file_.write(event_line(note) + "\n"); }

void EventLog::on_settled(Time) { file_.flush(); }

std::string events_page() {
  const LateSyn late;
  return "# Events\n\nEach line of `--events` is a JSON object, and tells one thing, in the order "
         "in which things happened: `event` says which,\n`at` when, in seconds since latesyn "
         "started, as all times here.\n" +
         FieldsPage::of(EventLogHeader()) +
         sections(std::make_index_sequence<std::variant_size_v<Note>>()) +
         FieldsPage::of("Segments", "What a segment is, beside what became of it.", Segment()) +
         FieldsPage::of("Departures", "What is planned to leave for a segment.", Planned()) +
         FieldsPage::of("Late SYNs",
                        "What became of a late SYN, here and in the report's `late_syns`.",
                        LateSynAt{late, {}});
}

}  // namespace latesyn
