#include "proxy/values/rng.hpp"

#include <set>

namespace latesyn::test {

TEST_CASE("the same key gives the same numbers") {
  Rng one{1, 2, 3}, other{1, 2, 3};
  for (int i = 0; i < 100; ++i) CHECK(one() == other());
}

TEST_CASE("keys that differ in one element, or in their order, give other numbers") {
  const std::set<std::uint64_t> firsts{Rng{1, 2, 3}(), Rng{1, 2, 4}(), Rng{1, 3, 2}(),
                                       Rng{2, 2, 3}(), Rng{1, 2}(),    Rng{1, 2, 3, 0}()};
  CHECK(firsts.size() == 6);
}

TEST_CASE("uniform numbers lie from 0 to below 1, and their mean near a half") {
  Rng rng{42};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double u = rng.uniform();
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    sum += u;
  }
  CHECK(sum / 10'000 == Approx(0.5).margin(0.01));
}

TEST_CASE("generators of neighbouring keys share no pattern in their first numbers") {
  double sum = 0;
  for (std::uint64_t key = 0; key < 10'000; ++key) sum += Rng{7, key}.uniform();
  CHECK(sum / 10'000 == Approx(0.5).margin(0.01));
}

}  // namespace latesyn::test
