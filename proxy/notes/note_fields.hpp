#pragma once
// What each note tells, field by field (fields.hpp): lines of the event log, the report's late SYNs
// and docs/events.md are made of this.

#include "proxy/notes/fields.hpp"
#include "proxy/notes/note.hpp"

namespace latesyn {

/// A late SYN as it stands at `now`.
struct LateSynAt {
  const LateSyn& late;
  Time now;
};

/// Null where there is no name to say.
inline OrderedJson name_or_null(std::string_view name) {
  return name.empty() ? OrderedJson(nullptr) : OrderedJson(name);
}

inline constexpr std::string_view kOfSegment = "all fields of a [segment](#segments)";
inline constexpr std::string_view kArrived = "when that came which it comes of";
inline constexpr std::string_view kChangedBy =
    "the rules that changed its bytes or its time besides";
inline constexpr std::string_view kTo = "for which end it leaves";
inline constexpr std::string_view kOrigin = "where it comes from";

template <typename Out>
void tell(const Segment& s, Out& out) {
  out("client", s.flow.client.text(), "address and port of who sent the first SYN");
  out("server", s.flow.server.text(), "address and port of the other end");
  out("connection", s.connection, "its number in this run, from 1; 0: its beginning was not seen");
  out.word("from", s.from, kSideNames, "who sent it, or seems to have");
  out.word("segment", s.kind, kSegmentKindNames, "what it is for");
  out("flags", s.flags.text(), "its flags, with commas between them");
  out("seq", s.seq.raw, "SEQ on the wire");
  out("ack", s.ack.raw, "ACK on the wire");
  out("shown_seq", s.shown_seq, "SEQ as in figures: a client's first ISN is 100, a server's 300");
  out("shown_ack", s.shown_ack, "ACK likewise");
  out("payload", s.payload_size, "bytes of data");
  out("copy", s.copy, "1 the first time that this same segment is seen, 2 the next, …");
  out.word("incarnation", s.life, kLifeNames,
           "of the life that its connection has now, or of one that a late SYN began");
}

template <typename Out>
void tell(const Planned& p, Out& out) {
  out.word("to", p.to, kSideNames, kTo);
  out.word("origin", p.origin, kOriginNames, kOrigin);
  out("changed", p.changed, "whether a rule has changed its bytes");
  out.word("once", p.once, kTriggerNames, "what `after` counts from");
  out("after", in_seconds(p.after), "how long it waits from then on");
  out("rule", name_or_null(p.rule), "the rule that makes it leave as it does, or null");
  out("changed_by", p.changed_by, kChangedBy);
  out.unless_empty("icmp", p.icmp ? name(*p.icmp) : "", "an ICMP error about the segment: which");
}

inline OrderedJson answer_json(const Answer& answer, const LateSyn& late) {
  if (answer.times == 0) return nullptr;
  return {{"flags", answer.flags.text()},
          {"times", answer.times},
          {"after_s", in_seconds(answer.at - late.departed)}};
}

template <typename Out>
void tell(const LateSynAt& at, Out& out) {
  const LateSyn& late = at.late;
  out("id", late.id, "its number in this run, from 1; the last that is said of one holds");
  out("rule", late.rule, "the rule that made it late");
  out("changed_by", late.changed_by, kChangedBy);
  out("connection", late.connection, "the number of its connection");
  out("client", late.flow.client.text(), "address and port");
  out("server", late.flow.server.text(), "address and port");
  out("arrived_s", in_seconds(late.arrived), "when it came from the client");
  out("departed_s", in_seconds(late.departed), "when it left for the server");
  out("held_s", in_seconds(late.held()), "the time between");
  out("server_answer", answer_json(late.server_answer, late),
      "what the server said to it: `flags` of the first segment, how many `times`, `after_s` from "
      "the departure on; null: nothing");
  out("client_answer", answer_json(late.client_answer, late),
      "what the client said to that, likewise");
  out.word("outcome", late.outcome, kOutcomeNames, "what became of it");
  out("server_state_s", in_seconds(late.server_state(at.now)),
      "how long the server has held state for it");
  out("server_state_ended", !late.state_from || late.state_until, "whether that is over");
  out("reached_application", late.reached_application,
      "whether the server's application could accept() a connection");
}

/// Why something of ours left, and when that came which it comes of.
template <typename Note, typename Out>
void tell_cause(const Note& note, Out& out) {
  out("rule", name_or_null(note.rule), "the rule that made it leave as it does, or null");
  out("changed_by", note.changed_by, kChangedBy);
  out("arrived", in_seconds(note.arrived), kArrived);
  out("at_once", note.at_once, "whether it left in the same instant");
}

template <typename Out>
void tell(const Arrived& note, Out& out) {
  out.event("arrived", note.at, "A segment came in and was decided on.");
  out.all_of(note.segment, kOfSegment);
  out.word("fate", note.fate, kFateNames, "what was decided");
  out("rules", note.rules, "the rules that matched, in file order");
  out("rule", name_or_null(note.rule),
      "the one that dropped it, lets it wait, put another in its place or says who shakes hands "
      "for it; null: it goes on at once");
  out.list("departures", note.planned, "[what leaves for it](#departures), now or later");
}

template <typename Out>
void tell(const Departed& note, Out& out) {
  out.event("departed", note.at, "A captured, copied or forged segment left.");
  out.all_of(note.segment, kOfSegment);
  out.word("to", note.to, kSideNames, kTo);
  out.word("origin", note.origin, kOriginNames, kOrigin);
  out("changed", note.changed, "whether a rule has changed its bytes");
  out.unless_empty("stripped", text(note.stripped),
                   "options of the client's SYN that ours leaves out");
  tell_cause(note, out);
}

template <typename Out>
void tell(const Resumed& note, Out& out) {
  out.event("resumed", note.at,
            "Something that waits has come to a rule that remembers, and the rules from there on "
            "have decided.");
  out.all_of(note.segment, kOfSegment);
  out.word("to", note.to, kSideNames, kTo);
  out.word("origin", note.origin, kOriginNames, kOrigin);
  out("rule", name_or_null(note.rule), "the rule that has dropped it, or null");
  out("arrived", in_seconds(note.arrived), kArrived);
  out.list("departures", note.planned, "[what leaves for it](#departures), counted from now");
}

template <typename Out>
void tell(const IcmpSent& note, Out& out) {
  out.event("icmp", note.at, "An ICMP error of ours left, for the end that sent what it is about.");
  out.word("error", note.error, kUnreachableNames, "what it says");
  out.word("to", note.to, kSideNames, kTo);
  tell_cause(note, out);
  out.object("about", note.segment, "the [segment](#segments) that it is about");
}

template <typename Out>
void tell(const Triggered& note, Out& out) {
  out.event("triggered", note.at, "Something happened that departures may wait for.");
  out("client", note.flow.client.text(), "address and port");
  out("server", note.flow.server.text(), "address and port");
  out("connection", note.connection, "the number of the connection that it happened to");
  out.word("trigger", note.trigger, kTriggerNames, "what has happened to it");
  out("woken", note.woken, "departures whose clock started");
}

template <typename Out>
void tell(const Judged& note, Out& out) {
  out.event("judged", note.at, "More became known about a late SYN.");
  out.all_of(LateSynAt{note.late_syn, note.at}, "all fields of a [late SYN](#late-syns)");
}

template <typename Out>
void tell(const Released& note, Out& out) {
  out.event("released", note.at, "Somebody released by hand what waited.");
  out("woken", note.woken, "departures that it was about, of all flows");
}

template <typename Out>
void tell(const Discarded& note, Out& out) {
  out.event("discarded", note.at, "Somebody discarded by hand what waited: it does not leave.");
  out.all_of(note.segment, kOfSegment);
  out.word("to", note.to, kSideNames, "for which end it would have left");
  out.word("origin", note.origin, kOriginNames, kOrigin);
  out("rule", name_or_null(note.rule), "the rule that let it wait");
  out("arrived", in_seconds(note.arrived), kArrived);
}

template <typename Out>
void tell(const Switched& note, Out& out) {
  out.event("switched", note.at, "Somebody switched a rule off, or on again.");
  out("rule", note.rule, "which");
  out("on", note.on, "whether it is on from here on");
}

template <typename Out>
void tell(const Reloaded& note, Out& out) {
  out.event("reloaded", note.at, "From here on another policy holds.");
  out("policy", note.policy, "the file, as the user named it");
}

}  // namespace latesyn
