#include "proxy/notes/note_text.hpp"

#include <fmt/format.h>

#include "proxy/notes/figure.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

// How many of a packet's departures are told one by one.
constexpr std::size_t kTold = 3;

/// What is said of a departure, and of many alike.
struct OriginWords {
  std::string_view leaves, many;
};
const OriginWords& words_for(Origin origin) {
  static constexpr std::array<OriginWords, kOriginNames.size()> kWords{
      {{"leaves", "departures"},
       {"a copy leaves", "copies"},
       {"a forged answer leaves", "forged answers"},
       {"a copy of what is forged leaves", "copies of what is forged"}}};
  return kWords[static_cast<std::size_t>(origin)];
}

std::string rule_names(const std::vector<std::string>& rules) {
  std::string out;
  for (const std::string& rule : rules)
    out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", rule);
  return out;
}

std::string when_text(const Planned& p) {
  const std::string after = rounded_text(p.after);
  if (p.once == Trigger::arrived) return p.after == Duration::zero() ? "at once" : "in " + after;
  const std::string event = p.once == Trigger::released
                                ? "it is released by hand"
                                : fmt::format("its connection is {}", name(p.once));
  return p.after == Duration::zero() ? "when " + event : after + " after " + event;
}

/// Who is to be thanked for each departure is told where several rules had a say.
std::string planned_text(const Planned& p, bool with_rules) {
  const std::string it = p.origin == Origin::original ? "it " : "";
  const std::string what = p.icmp ? fmt::format("an ICMP {} leaves", name(*p.icmp))
                                  : it + std::string(words_for(p.origin).leaves);
  const std::string by = with_rules ? by_text(p.rule, p.changed_by) : "";
  return fmt::format("{}{} for the {} {}{}", what, p.changed ? " changed" : "", name(p.to),
                     when_text(p), by.empty() ? "" : " (" + by + ")");
}

std::string planned_text(const std::vector<Planned>& planned, bool with_rules) {
  std::string out;
  for (std::size_t i = 0; i < std::min(planned.size(), kTold); ++i) {
    out += (i == 0 ? "" : ", ") + planned_text(planned[i], with_rules);
  }
  if (planned.size() > kTold) out += fmt::format(", and {} more", planned.size() - kTold);
  return out;
}

std::string line_start(Time at, const FlowKey& flow, std::uint32_t connection) {
  return fmt::format("{:>12.6f}  #{:<4} {} - {}", in_seconds(at), connection, flow.client.text(),
                     flow.server.text());
}

std::string line_start(Time at, const Segment& s) {
  std::string out = line_start(at, s.flow, s.connection) +
                    fmt::format("  from the {} {}", name(s.from),
                                segment_text(s.shown_seq, s.shown_ack, s.flags, s.payload_size));
  if (s.life == Life::stale) out += " stale";
  if (s.copy > 1) out += fmt::format(" copy {}", s.copy);
  return out;
}

std::string line(const Arrived& note) {
  return line_start(note.at, note.segment) + ": " + decision_text(note);
}

std::string line(const Departed& note) {
  return line_start(note.at, note.segment) + ": " + decision_text(note);
}

std::string line(const IcmpSent& note) {
  return line_start(note.at, note.segment) + ": " + decision_text(note);
}

std::string line(const Resumed& note) {
  return line_start(note.at, note.segment) + ": " + decision_text(note);
}

std::string line(const Triggered& note) {
  return line_start(note.at, note.flow, note.connection) +
         fmt::format("  {}; {} waiting for that", name(note.trigger), note.woken);
}

std::string line(const Judged& note) {
  const LateSyn& late = note.late_syn;
  const bool silent = late.outcome == Outcome::ignored && late.server_answer.times == 0;
  return line_start(note.at, late.flow, late.connection) +
         fmt::format("  late SYN {} (\"{}\"): {}", late.id, late.rule,
                     silent ? "no answer yet" : name(late.outcome));
}

std::string line(const Released& note) {
  return fmt::format("{:>12.6f}  released by hand: {}", in_seconds(note.at), note.woken);
}

std::string line(const Discarded& note) {
  return line_start(note.at, note.segment) +
         fmt::format(": discarded by hand {} after it came, held by \"{}\"",
                     rounded_text(note.at - note.arrived), note.rule);
}

std::string line(const Switched& note) {
  return fmt::format("{:>12.6f}  switched {} \"{}\"", in_seconds(note.at), note.on ? "on" : "off",
                     note.rule);
}

std::string line(const Reloaded& note) {
  return fmt::format("{:>12.6f}  reloaded {}", in_seconds(note.at), note.policy);
}

std::string alike_text(const Segment& s, std::string_view what, const std::string& by) {
  return fmt::format("#{}, {} from the {}: {} {}", s.connection, name(s.kind), name(s.from), what,
                     by);
}

}  // namespace

std::string kind_text(const Note& note) {
  if (const auto* arrived = std::get_if<Arrived>(&note)) {
    return alike_text(arrived->segment, name(arrived->fate), "by " + rule_names(arrived->rules));
  }
  if (const auto* resumed = std::get_if<Resumed>(&note)) {
    const bool dropped = resumed->planned.empty();
    return alike_text(resumed->segment, dropped ? "dropped behind its wait" : "goes on",
                      by_text(resumed->rule, {}));
  }
  if (const auto* discarded = std::get_if<Discarded>(&note)) {
    return alike_text(discarded->segment, "discarded", "by hand");
  }
  const auto* departed = std::get_if<Departed>(&note);
  if (departed == nullptr) return note_line(note);
  const std::string what =
      fmt::format("{} for the {}", words_for(departed->origin).many, name(departed->to));
  return alike_text(departed->segment, what, by_text(departed->rule, departed->changed_by));
}

std::string by_text(const std::string& rule, const std::vector<std::string>& changed_by) {
  std::string out = rule.empty() ? "" : fmt::format("by \"{}\"", rule);
  if (changed_by.empty()) return out;
  return out + (out.empty() ? "" : ", ") + "changed by " + rule_names(changed_by);
}

std::string decision_text(const Arrived& note) {
  const std::string rules = rule_names(note.rules);
  switch (note.fate) {
    case Fate::passed:
      return rules.empty() ? "passed" : "passed by " + rules;
    case Fate::dropped:
      return fmt::format("dropped by \"{}\"", note.rule);
    case Fate::ended:
      return "ended here";
    case Fate::captured:
      break;
  }
  return fmt::format("captured by {}: {}", rules,
                     planned_text(note.planned, note.rules.size() > 1));
}

std::string decision_text(const Departed& note) {
  const std::string stripped = text(note.stripped);
  const std::string by = by_text(note.rule, note.changed_by);
  return fmt::format("{}{}{} for the {} {} after it came{}", words_for(note.origin).leaves,
                     note.changed ? " changed" : "", stripped.empty() ? "" : " without " + stripped,
                     name(note.to), rounded_text(note.at - note.arrived),
                     by.empty() ? "" : ", " + by);
}

std::string decision_text(const IcmpSent& note) {
  return fmt::format("an ICMP {} about it leaves for the {} {:.6f} s after it came, {}",
                     name(note.error), name(note.to), in_seconds(note.at - note.arrived),
                     by_text(note.rule, note.changed_by));
}

std::string decision_text(const Resumed& note) {
  const std::string after = rounded_text(note.at - note.arrived) + " after it came";
  if (note.planned.empty()) return fmt::format("dropped by \"{}\" {}", note.rule, after);
  return fmt::format("goes on {}: {}", after, planned_text(note.planned, true));
}

std::string note_line(const Note& note) {
  return std::visit([](const auto& kind) { return line(kind); }, note);
}

}  // namespace latesyn
