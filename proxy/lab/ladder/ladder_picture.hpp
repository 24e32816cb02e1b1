#pragma once
// A ladder as a picture: time runs down, each segment is an arrow between the two ends' lines, and
// a segment that was stuck is one long arrow from when it was sent to when it arrived. SVG.

#include "proxy/lab/ladder/ladder.hpp"

namespace latesyn {

/// The picture of one flow, with `title` above it.
std::string to_svg(const LadderFlow& flow, std::string_view title);

}  // namespace latesyn
