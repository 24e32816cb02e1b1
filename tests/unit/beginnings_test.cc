#include "proxy/engine/beginnings.hpp"

#include <catch2/catch.hpp>

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Known = std::vector<std::optional<Time>>;

constexpr std::uint32_t kFlow = 7;

Known known(const Beginnings& beginnings, std::uint32_t connection) {
  const Moments moments = beginnings.of(kFlow, connection);
  return {moments.began, moments.completed};
}

}  // namespace

TEST_CASE("a connection's beginning and its handshake are known once they were told") {
  Beginnings beginnings;
  CHECK(known(beginnings, 1) == Known{std::nullopt, std::nullopt});
  CHECK(beginnings.began(kFlow, 1, Time(5s)));
  CHECK_FALSE(beginnings.began(kFlow, 1, Time(6s)));
  CHECK(known(beginnings, 1) == Known{Time(5s), std::nullopt});
  beginnings.completed(kFlow, 1, Time(7s));
  beginnings.completed(kFlow, 1, Time(8s));
  CHECK(known(beginnings, 1) == Known{Time(5s), Time(7s)});
}

TEST_CASE("of a connection whose beginning was not told, or that has no number, nothing is known") {
  Beginnings beginnings;
  beginnings.completed(kFlow, 3, Time(7s));
  CHECK(known(beginnings, 3) == Known{std::nullopt, Time(7s)});
  beginnings.completed(kFlow, 0, Time(7s));
  CHECK(known(beginnings, 0) == Known{std::nullopt, std::nullopt});
  beginnings.forget();
  CHECK(known(beginnings, 3) == Known{std::nullopt, std::nullopt});
}

TEST_CASE("whoever asks for more connections on its ports takes nothing from the one that stands") {
  Beginnings beginnings;
  beginnings.began(kFlow, 1, Time(1s));
  beginnings.completed(kFlow, 1, Time(2s));
  for (std::uint32_t forged = 2; forged <= 5; ++forged) {
    beginnings.began(kFlow, forged, Time(10s));
    CHECK(known(beginnings, forged) == Known{Time(10s), std::nullopt});
    CHECK(known(beginnings, 1) == Known{Time(1s), Time(2s)});
  }
}

TEST_CASE("the place of a flow that is forgotten tells the next one nothing") {
  Beginnings beginnings;
  beginnings.began(kFlow, 1, Time(1s));
  beginnings.began(kFlow, 9, Time(8s));
  beginnings.completed(kFlow, 9, Time(9s));
  CHECK(known(beginnings, 9) == Known{Time(8s), Time(9s)});
  CHECK(known(beginnings, 2) == Known{std::nullopt, std::nullopt});
}

TEST_CASE("each connection is heard of last when a segment of its own came or left") {
  Beginnings beginnings;
  const auto heard = [&](std::uint32_t connection) {
    return beginnings.of(kFlow, connection).heard;
  };
  beginnings.heard(kFlow, 0, Time(1s));
  CHECK(heard(0) == std::nullopt);
  beginnings.heard(kFlow, 1, Time(2s));
  beginnings.began(kFlow, 2, Time(3s));
  beginnings.heard(kFlow, 2, Time(3s));
  CHECK(heard(1) == Time(2s));
  CHECK(heard(2) == Time(3s));
  beginnings.heard(kFlow, 1, Time(4s));
  CHECK(heard(1) == Time(4s));
  // A late word of an older one takes no place of theirs.
  beginnings.completed(kFlow, 2, Time(5s));
  beginnings.began(kFlow, 3, Time(6s));
  beginnings.heard(kFlow, 1, Time(7s));
  CHECK(heard(1) == std::nullopt);
  CHECK(heard(2) == Time(3s));
  CHECK(known(beginnings, 3) == Known{Time(6s), std::nullopt});
}

}  // namespace latesyn::test
