// Whatever happens, and whenever: what is promised in docs/reliability.md must hold.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/netns/torture/torture.hpp"

namespace latesyn::torture {
namespace {

std::string from_environment(const char* name, const std::string& otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : text;
}

TEST_CASE("whatever happens, no connection gets a wrong byte, and new ones work",
          "[long][torture]") {
  const Options options{.seed = std::stoull(from_environment("LATESYN_TORTURE_SEED", "1")),
                        .duration = std::chrono::seconds(
                            std::stoull(from_environment("LATESYN_TORTURE_SECONDS", "60"))),
                        .only = from_environment("LATESYN_TORTURE_ONLY", "")};
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
