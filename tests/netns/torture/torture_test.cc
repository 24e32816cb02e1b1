// Whatever happens, and whenever: what is promised in docs/reliability.md must hold.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/netns/torture/torture.hpp"

namespace latesyn::torture {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST_CASE("whatever happens, no connection gets a wrong byte, and new ones work",
          "[long][torture]") {
  const Options options{
      .seed = from_environment("LATESYN_TORTURE_SEED", 1),
      .duration = std::chrono::seconds(from_environment("LATESYN_TORTURE_SECONDS", 60))};
  fmt::print("LATESYN_TORTURE_SEED={} LATESYN_TORTURE_SECONDS={}\n", options.seed,
             options.duration.count());
  const Outcome outcome = torture(options);
  fmt::print("{}", outcome.summary);
  if (!outcome.findings.empty()) {
    fmt::print("{}\nFOUND\n{}\n", outcome.diary, fmt::join(outcome.findings, "\n"));
  }
  CHECK(outcome.findings.empty());
}

}  // namespace
}  // namespace latesyn::torture
