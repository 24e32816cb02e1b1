#include "tests/unit/impair.hpp"

namespace latesyn::test {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

TEST_CASE("drop lets nothing leave") { CHECK(departures(*make("drop")) == Texts{}); }

TEST_CASE("drop needs no bytes of the packet") {
  CHECK_FALSE(make("drop")->effects().captures);
  CHECK(make("drop")->sentence() == "is dropped");
}

TEST_CASE("hold sets a trigger and a time after it") {
  const auto hold = make("hold", {{"until", "closed"}, {"after", 2s}});
  CHECK(departures(*hold) == Texts{"original to server once closed after 2s"});
  CHECK(hold->effects().waits_for == Trigger::closed);
  CHECK(hold->effects().captures);
  CHECK(hold->sentence() == "is held until 2s after its connection is closed");
}

TEST_CASE("hold adds to a delay that is there already") {
  const auto hold = make("hold", {{"until", "established"}, {"after", 2s}});
  const Departures out = applied(*hold, {.packet = {syn_v4()}, .after = 300ms});
  REQUIRE(out.size() == 1);
  CHECK(text(out[0], {syn_v4()}) == "original to server once established after 2.3s");
}

TEST_CASE("duplicate lets the packet leave, and copies follow it") {
  const auto duplicate = make("duplicate", {{"count", 2U}, {"spacing", 10ms}});
  CHECK(departures(*duplicate) == Texts{"original to server once arrived after 0s",
                                        "copy to server once arrived after 10ms",
                                        "copy to server once arrived after 20ms"});
  CHECK(duplicate->sentence() == "is followed by 2 copies, 10ms apart");
}

TEST_CASE("replay lets the packet go on, and copies come once something has happened") {
  const auto replay =
      make("replay", {{"once", "closed"}, {"after", 2s}, {"count", 2U}, {"spacing", 1s}});
  CHECK(departures(*replay) == Texts{"original to server once arrived after 0s",
                                     "copy to server once closed after 2s",
                                     "copy to server once closed after 3s"});
  CHECK(replay->effects().waits_for == Trigger::closed);
  CHECK(replay->sentence() ==
        "goes on, and 2 copies of it, 1s apart, come 2s after its connection is closed");
}

TEST_CASE("waits that are added up end at the longest that there is, and never run backwards") {
  constexpr Duration kCentury = std::chrono::hours(876'000);
  const auto replay = make(
      "replay", {{"once", "arrived"}, {"after", kCentury}, {"count", 3U}, {"spacing", kCentury}});
  std::vector<Duration> waits;
  for (const Departure& d : applied(*replay, {.packet = {syn_v4()}, .after = 1s})) {
    waits.push_back(d.after);
  }
  CHECK(waits == std::vector<Duration>{1s, kCentury + 1s, kLongestWait, kLongestWait});
  for (const auto& [name, key] : {std::pair("hold", "until"), std::pair("replay", "once")}) {
    const auto late =
        make(name, {{key, "arrived"}, {"after", kCentury}, {"count", 1U}, {"spacing", kCentury}});
    const auto out = applied(*late, {.packet = {syn_v4()}, .after = kLongestWait - 1s});
    CHECK(out.back().after == kLongestWait);
  }
}

TEST_CASE("every impairment can be made from its defaults and says what it does") {
  for (const ImpairmentKind* kind : impairments()) {
    CAPTURE(kind->name);
    CHECK_FALSE(kind->about.empty());
    CHECK(find_impairment(kind->name) == kind);
  }
}

TEST_CASE("impairments are listed by name") {
  std::vector<std::string_view> names;
  for (const ImpairmentKind* kind : impairments()) names.push_back(kind->name);
  CHECK(std::ranges::is_sorted(names));
  CHECK(find_impairment("no such thing") == nullptr);
}

}  // namespace latesyn::test
