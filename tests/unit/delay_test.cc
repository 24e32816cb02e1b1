#include <algorithm>
#include <cmath>

#include "tests/unit/impair.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<const Impairment> delay(Duration by, Duration jitter, std::string distribution) {
  return make("delay", {{"by", by}, {"jitter", jitter}, {"distribution", std::move(distribution)}});
}

/// How long 10,000 packets were delayed, each with chance of its own, in seconds.
std::vector<double> drawn(const Impairment& impairment) {
  std::vector<double> seconds;
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    Rng rng{1, key};
    seconds.push_back(in_seconds(applied(impairment, {.packet = {}}, rng).at(0).after));
  }
  return seconds;
}

struct Spread {
  double mean = 0, deviation = 0, least = 0, most = 0;
};

Spread spread(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double v : values) sum += v, squares += v * v;
  const auto n = static_cast<double>(values.size());
  const auto [least, most] = std::ranges::minmax(values);
  return {sum / n, std::sqrt(squares / n - sum / n * (sum / n)), least, most};
}

}  // namespace

TEST_CASE("a delay without jitter is the same for every packet") {
  const auto fixed = delay(300ms, 0s, "uniform");
  CHECK(departures(*fixed) ==
        std::vector<std::string>{"original to server once arrived after 300ms"});
  CHECK(fixed->sentence() == "is delayed by 300ms");
  CHECK(fixed->effects().waits_for == Trigger::arrived);
}

TEST_CASE("a delay of a century that strays by as much stays within what can be waited") {
  constexpr Duration kCentury = std::chrono::hours(876'000);
  for (const char* distribution : {"uniform", "normal"}) {
    const auto waits = spread(drawn(*delay(kCentury, kCentury, distribution)));
    CHECK(waits.least >= 0);
    CHECK(waits.most > in_seconds(kCentury));
    CHECK(waits.most <= in_seconds(kLongestWait));
  }
}

TEST_CASE("a uniform delay reaches both ends of its range and no further") {
  const auto uniform = spread(drawn(*delay(300ms, 100ms, "uniform")));
  CHECK(uniform.mean == Approx(0.3).margin(0.005));
  CHECK(uniform.deviation == Approx(0.1 / std::sqrt(3)).margin(0.002));
  CHECK(uniform.least >= 0.2);
  CHECK(uniform.least < 0.201);
  CHECK(uniform.most <= 0.4);
  CHECK(uniform.most > 0.399);
}

TEST_CASE("a normal delay has its jitter as standard deviation") {
  const auto normal = spread(drawn(*delay(300ms, 20ms, "normal")));
  CHECK(normal.mean == Approx(0.3).margin(0.001));
  CHECK(normal.deviation == Approx(0.02).margin(0.001));
}

TEST_CASE("a delay is never below zero, however wide it strays") {
  CHECK(spread(drawn(*delay(10ms, 100ms, "normal"))).least == 0);
}

TEST_CASE("the same chance gives the same delay") {
  const auto uniform = delay(300ms, 100ms, "uniform");
  CHECK(drawn(*uniform) == drawn(*uniform));
}

TEST_CASE("a delay with jitter says so") {
  CHECK(delay(300ms, 20ms, "normal")->sentence() == "is delayed by 300ms ± 20ms (normal)");
}

}  // namespace latesyn::test
