#include "proxy/notes/scribe.hpp"

#include <algorithm>

namespace latesyn {
namespace {

FigureLine line_of(const Segment& s, Time at, Way way, Numbers numbers) {
  const bool raw = numbers == Numbers::raw;
  return {.at = at,
          .way = way,
          .from = s.from,
          .seq = raw ? s.seq.raw : s.shown_seq,
          .ack = !s.flags.ack ? 0
                 : raw        ? s.ack.raw
                              : s.shown_ack,
          .flags = {.fin = s.flags.fin, .syn = s.flags.syn, .rst = s.flags.rst, .ack = s.flags.ack},
          .payload_size = s.payload_size};
}

bool goes_on_at_once(const Planned& p) {
  return p.origin == Origin::original && !p.changed && p.leaves_at_once();
}

Way way_of(const Arrived& note) {
  if (note.fate == Fate::ended) return Way::ended;
  if (note.fate == Fate::passed || std::ranges::any_of(note.planned, goes_on_at_once)) {
    return Way::through;
  }
  const bool stays =
      std::ranges::any_of(note.planned, [](const Planned& p) { return !is_forged(p.origin); });
  return stays ? Way::stuck : Way::lost;
}

}  // namespace

std::optional<FigureLine> figure_line(const Note& note, Numbers numbers) {
  if (const auto* arrived = std::get_if<Arrived>(&note)) {
    return line_of(arrived->segment, arrived->at, way_of(*arrived), numbers);
  }
  if (const auto* sent = std::get_if<IcmpSent>(&note)) {
    FigureLine line = line_of(sent->segment, sent->at, Way::forged, numbers);
    line.from = other(sent->to);
    line.icmp = sent->error;
    return line;
  }
  const auto* departed = std::get_if<Departed>(&note);
  if (departed == nullptr) return std::nullopt;
  const bool same = departed->origin == Origin::original && !departed->changed;
  if (departed->at_once && same) return std::nullopt;
  const Way way = is_forged(departed->origin) ? Way::forged : Way::arriving;
  return line_of(departed->segment, departed->at, way, numbers);
}

}  // namespace latesyn
