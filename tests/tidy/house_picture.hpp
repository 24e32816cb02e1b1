#pragma once
// The house as a picture: a room a box, a floor a row, the ground at the bottom.

#include "tests/tidy/rooms.hpp"

namespace latesyn::test {

/// An SVG document. An arrow goes from each room to those that it sees, but for those that it sees
/// through another as well.
std::string house_picture(const std::vector<Room>& house);

}  // namespace latesyn::test
