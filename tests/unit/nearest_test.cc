#include "proxy/document/nearest.hpp"

#include <array>

namespace latesyn::test {
namespace {

constexpr std::array<std::string_view, 3> kWords{"delay", "drop", "hold"};

}  // namespace

TEST_CASE("the word with the fewest typing mistakes is the nearest") {
  CHECK(nearest("drp", kWords) == "drop");
  CHECK(nearest("dorp", kWords) == "drop");
  CHECK(nearest("delays", kWords) == "delay");
  CHECK(nearest("hold", kWords) == "hold");
}

TEST_CASE("nothing is near a word that is too different, empty or far too long") {
  CHECK(nearest("throttle", kWords).empty());
  CHECK(nearest("", kWords).empty());
  CHECK(nearest(std::string(1000, 'd'), kWords).empty());
}

TEST_CASE("a suggestion lists all words, and asks for one where it is near") {
  CHECK(suggestion("hodl", kWords) == "did you mean \"hold\"? It is one of: delay, drop, hold");
  CHECK(suggestion("throttle", kWords) == "one of: delay, drop, hold");
}

}  // namespace latesyn::test
