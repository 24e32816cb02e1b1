#pragma once
// Writes the engine's notes down as the lines of a figure.

#include "proxy/notes/figure.hpp"
#include "proxy/notes/note.hpp"

namespace latesyn {

/// Which sequence numbers the lines carry.
enum class Numbers : std::uint8_t {
  raw,    // those on the wire
  shown,  // those that figures show (segment.hpp)
};

/// The line that a note makes; none for notes about no segment, and for a departure that the line
/// of its arrival tells already.
std::optional<FigureLine> figure_line(const Note& note, Numbers numbers);

}  // namespace latesyn
