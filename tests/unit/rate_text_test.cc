#include "proxy/values/rate.hpp"

#include <catch2/catch.hpp>

namespace latesyn::test {

using namespace std::chrono_literals;

TEST_CASE("rates and sizes are read and written in the largest unit that is exact") {
  for (const char* text : {"1bit/s", "56kbit/s", "1.536Mbit/s", "100Mbit/s", "10Gbit/s"}) {
    const auto rate = parse_bit_rate(text);
    REQUIRE(rate.has_value());
    CHECK(to_text(*rate) == text);
  }
  for (const char* text : {"1B", "1.5kB", "64kB", "2MB", "1000GB"}) {
    const auto size = parse_byte_count(text);
    REQUIRE(size.has_value());
    CHECK(to_text(*size) == text);
  }
  CHECK(to_text(ByteCount{}) == "0B");
  CHECK(parse_bit_rate("0.1Mbit/s") == BitRate{100'000});
}

TEST_CASE("what is no rate, or no size, is none") {
  for (const char* text : {"", "100", "Mbit/s", "100 Mbit/s", "100mbit/s", "100MB/s", "0bit/s",
                           "-1bit/s", "2000Gbit/s", "nanbit/s", "100Mbit/ss"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bit_rate(text).has_value());
  }
  for (const char* text : {"", "64", "kB", "64KB", "64 kB", "-1B", "1001GB", "1e3B"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_byte_count(text).has_value());
  }
}

TEST_CASE("a rate says how long bytes take, to the nanosecond, and never longer than anything") {
  CHECK(BitRate{12'000'000}.time_of({1500}) == 1ms);
  CHECK(BitRate{100'000'000}.time_of({1500}) == 120us);
  CHECK(BitRate{3}.time_of({1}) == 2666666667ns);
  CHECK(BitRate{1}.time_of({1'000'000'000'000}) == kLongestWait);
}

}  // namespace latesyn::test
