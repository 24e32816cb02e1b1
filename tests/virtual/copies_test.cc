// A policy must not become a flood by mistake.

#include "proxy/engine/engine.hpp"
#include "proxy/loader/policy_file.hpp"
#include "tests/unit/known_packets.hpp"

namespace latesyn::test {
namespace {

struct Came {
  Verdict verdict;
  std::size_t left = 0;
  std::uint64_t counted = 0;
};

/// What becomes of a SYN where two rules copy it.
Came came(const std::string& limits, int first, int second) {
  const auto rule = [](int count) {
    return "[[rule]]\ndo = \"duplicate\"\ncount = " + std::to_string(count) + "\n";
  };
  Engine engine(parse_policy("about = \"a\"\n" + limits + rule(first) + rule(second), "p.toml"), 1);
  Actions out;
  const auto syn = syn_v4();
  const Verdict verdict = engine.on_packet({}, {.bytes = syn}, out);
  const auto left = std::ranges::count_if(
      out, [](const Action& action) { return std::holds_alternative<Transmit>(action); });
  return {verdict, static_cast<std::size_t>(left), engine.counters().copies_full};
}

}  // namespace

TEST_CASE("a packet of which more than 1,000 copies would leave passes, and is counted") {
  const Came few = came("", 10, 90);
  CHECK(few.verdict == Verdict::drop);
  CHECK(few.left == 1001);
  CHECK(few.counted == 0);
  const Came many = came("", 999, 999);
  CHECK(many.verdict == Verdict::accept);
  CHECK(many.left == 0);
  CHECK(many.counted == 1);
}

TEST_CASE("a policy can ask for more copies, or for fewer") {
  CHECK(came("[limits]\ncopies = 20000\n", 99, 199).left == 20'000);
  CHECK(came("[limits]\ncopies = 3\n", 1, 1).left == 4);
  CHECK(came("[limits]\ncopies = 3\n", 1, 2).counted == 1);
}

}  // namespace latesyn::test
