#include "proxy/flows/flow_index.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "proxy/values/rng.hpp"

namespace latesyn::test {
namespace {

/// Few enough that most of them collide.
constexpr std::uint32_t kHashes = 40;
constexpr std::uint32_t kFlows = 500;

std::uint32_t hash_of(std::uint32_t number) { return number % kHashes; }

bool knows(const FlowIndex& index, std::uint32_t number) {
  const auto found =
      index.find(hash_of(number), [number](std::uint32_t other) { return other == number; });
  return found == number;
}

}  // namespace

TEST_CASE("an index finds what was added and not removed, among many of the same hash") {
  FlowIndex index;
  std::vector<bool> expected(kFlows);
  Rng rng{7};
  std::size_t present = 0;
  for (int step = 0; step < 5000; ++step) {
    const auto number = static_cast<std::uint32_t>(rng() % kFlows);
    if (expected[number]) {
      index.remove(hash_of(number), number);
    } else {
      index.add(hash_of(number), number);
    }
    expected[number] = !expected[number];
    present += expected[number] ? 1U : std::size_t{0} - 1;
    REQUIRE(index.size() == present);
    if (step % 100 != 0) continue;
    for (std::uint32_t n = 0; n < kFlows; ++n) REQUIRE(knows(index, n) == expected[n]);
  }
}

}  // namespace latesyn::test
