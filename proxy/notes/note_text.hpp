#pragma once
// Notes in words: for the terminal, and for the comments of a capture.

#include <string>

#include "proxy/notes/note.hpp"

namespace latesyn {

/// What was decided: `captured by "stuck": it leaves 2s after its connection is closed`.
std::string decision_text(const Arrived& note);
/// What left and why: `leaves for the server 3.012 s after it came, by "stuck"`.
std::string decision_text(const Departed& note);
std::string decision_text(const IcmpSent& note);
/// What became of it behind its wait: `dropped by "line" 300ms after it came`.
std::string decision_text(const Resumed& note);

/// What notes that are much alike have in common: connection, kind of segment, rule, what it does.
/// Of a note that is like no other: its line.
std::string kind_text(const Note& note);

/// `by "stuck", changed by "marked"`; empty where it is nobody's doing.
std::string by_text(const std::string& rule, const std::vector<std::string>& changed_by);

/// A whole line, beginning with the time: which segment of which connection, and what was decided.
std::string note_line(const Note& note);

}  // namespace latesyn
