// docs/house.svg is drawn from proxy/rooms.txt. After a change of the table:
// build/test/tests/test_tidy "[.draw]"

#include <fstream>
#include <sstream>

#include "tests/tidy/house_picture.hpp"

namespace latesyn::test {
namespace {

constexpr const char* kPicture = LATESYN_SOURCE "/docs/house.svg";

}  // namespace

TEST_CASE("the picture of the house is the one that the table makes") {
  std::ostringstream picture;
  picture << std::ifstream(kPicture).rdbuf();
  CHECK(picture.str() == house_picture(rooms()));
}

TEST_CASE("draw the picture of the house", "[.draw]") {
  std::ofstream(kPicture) << house_picture(rooms());
}

}  // namespace latesyn::test
