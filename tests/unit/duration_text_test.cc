#include "proxy/values/duration_text.hpp"

namespace latesyn::test {

using namespace std::chrono_literals;

TEST_CASE("durations are read in every unit") {
  CHECK(parse_duration("7ns") == 7ns);
  CHECK(parse_duration("7us") == 7us);
  CHECK(parse_duration("300ms") == 300ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("2m") == 120s);
  CHECK(parse_duration("0.5h") == 30min);
  CHECK(parse_duration("0s") == 0ns);
}

TEST_CASE("what is no duration is not read") {
  const auto* const text = GENERATE("", "5", "s", "-1s", "1 s", " 1s", "1s ", "1e3s", "1d", "1S",
                                    "nans", "infs", "1000000h", "1.5.5s", "0x1s", "1ss");
  CHECK(parse_duration(text) == std::nullopt);
}

TEST_CASE("a hundred years is the longest") {
  CHECK(parse_duration("876000h") == 876000h);
  CHECK(parse_duration("876001h") == std::nullopt);
}

TEST_CASE("durations are written in the largest unit that takes three decimals") {
  CHECK(to_text(0ns) == "0s");
  CHECK(to_text(2s) == "2s");
  CHECK(to_text(1500ms) == "1.5s");
  CHECK(to_text(1500us) == "1.5ms");
  CHECK(to_text(90s) == "1.5m");
  CHECK(to_text(1ns) == "1ns");
}

TEST_CASE("durations for people are rounded to milliseconds, or below a second to microseconds") {
  CHECK(rounded_text(117'701'509ns) == "117.702ms");
  CHECK(rounded_text(2'500'000'400ns) == "2.5s");
  CHECK(rounded_text(7'262'500ms) == "7262.5s");
  CHECK(rounded_text(999'999'999ns) == "1s");
  CHECK(rounded_text(368'225ns) == "368us");
  CHECK(rounded_text(999'999ns) == "1ms");
  CHECK(rounded_text(1'234ns) == "1us");
  CHECK(rounded_text(999ns) == "999ns");
  CHECK(rounded_text(117s) == "117s");
  CHECK(rounded_text(120s) == "2m");
  CHECK(rounded_text(2h) == "2h");
  CHECK(rounded_text(0ns) == "0s");
}

TEST_CASE("what is written reads back as the same duration") {
  for (const Duration d : {1ns, 999ns, 1001ns, 1234567ns, 1'000'000'001ns, Duration(3600s) + 1ns}) {
    CHECK(parse_duration(to_text(d)) == d);
  }
}

}  // namespace latesyn::test
