#include "proxy/policy/expectation.hpp"
#include "tests/unit/moments.hpp"

namespace latesyn::test {
namespace {

LateSyn late(std::string rule, Outcome outcome, int from_ms, std::optional<int> until_ms) {
  LateSyn l{.rule = std::move(rule), .outcome = outcome, .state_from = at_ms(from_ms)};
  if (until_ms) l.state_until = at_ms(*until_ms);
  return l;
}

std::string verdict(const Expectation& e, const std::vector<LateSyn>& late_syns,
                    const Exchanges* exchanges = nullptr) {
  const Finding f = judge(e, {.late_syns = late_syns, .exchanges = exchanges}, at_ms(9000));
  return (f.passed ? "ok: " : "FAIL: ") + f.text + " | " + f.found;
}

const std::vector<LateSyn> kTwo{late("stuck", Outcome::reset, 1000, 1002),
                                late("other", Outcome::half_open, 2000, std::nullopt)};

}  // namespace

TEST_CASE("an expectation is about the late SYNs of its rule") {
  CHECK(verdict({.of = "stuck", .outcome = Outcome::reset}, kTwo) ==
        "ok: all late SYNs of \"stuck\", at least one, end in reset | 1 late SYN (1 reset), state "
        "held for 2ms, none reached an application");
}

TEST_CASE("an expectation without a rule is about all late SYNs") {
  CHECK(
      verdict({.outcome = Outcome::reset}, kTwo) ==
      "FAIL: all late SYNs, at least one, end in reset | 2 late SYNs (1 half-open, 1 reset), state "
      "held for 2ms to 7s, none reached an application");
}

TEST_CASE("an expectation of something fails where there is no late SYN at all") {
  CHECK(verdict({.outcome = Outcome::reset}, {}) ==
        "FAIL: all late SYNs, at least one, end in reset | no late SYN");
}

TEST_CASE("a count of zero expects that there is none") {
  CHECK(verdict({.count = 0}, {}) == "ok: exactly 0 late SYNs | no late SYN");
  CHECK_FALSE(judge({.count = 0}, {.late_syns = kTwo}, at_ms(9000)).passed);
}

TEST_CASE("bounds on the server's state count what is still held up to now") {
  const auto half_open = [](int min_s) {
    return Expectation{.of = "other", .server_state_min = std::chrono::seconds(min_s)};
  };
  CHECK(judge(half_open(7), {.late_syns = kTwo}, at_ms(9000)).passed);
  CHECK_FALSE(judge(half_open(8), {.late_syns = kTwo}, at_ms(9000)).passed);
}

TEST_CASE("intact exchanges are expected of a built-in client that ran") {
  const Exchanges all{.count = 3, .intact = 3}, some{.count = 3, .intact = 2}, none{};
  CHECK(verdict({.intact = true}, {}, &all) ==
        "ok: all exchanges are intact | 3 of 3 exchanges intact");
  CHECK(verdict({.intact = true}, {}, &some) ==
        "FAIL: all exchanges are intact | 2 of 3 exchanges intact");
  CHECK(verdict({.intact = true}, {}, &none) ==
        "FAIL: all exchanges are intact | 0 of 0 exchanges intact");
  CHECK(verdict({.intact = true}, {}) == "FAIL: all exchanges are intact | no client ran");
}

TEST_CASE("a client of the user's tells by its exit status whether its exchanges are intact") {
  const auto with = [](std::optional<int> status) {
    LabFacts facts;
    facts.client.command = CommandEnd{.status = status};
    const Finding f = judge({.intact = true}, {.late_syns = {}, .lab = facts}, at_ms(9000));
    return (f.passed ? "ok: " : "FAIL: ") + f.text + " | " + f.found;
  };
  CHECK(with(0) == "ok: all exchanges are intact | client: it ended with status 0");
  CHECK(with(7) == "FAIL: all exchanges are intact | client: it ended with status 7");
  CHECK(with(std::nullopt) ==
        "FAIL: all exchanges are intact | client: it still ran when the lab ended");
}

}  // namespace latesyn::test
