// How much is lost, and in which bursts: held against the formulas of each model. A bound of 3.9
// standard deviations fails by chance once in ten thousand; with a fixed seed, never or always.

#include <cmath>

#include "tests/unit/impair.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

constexpr std::size_t kPackets = 200'000;

/// What becomes of each of many packets that share one memory: true where it is lost.
std::vector<bool> fates(const Impairment& loss, std::size_t packets = kPackets) {
  const auto memory = loss.remember();
  const Segment segment;
  std::vector<bool> lost;
  for (std::uint64_t key = 0; key < packets; ++key) {
    Rng rng{1, key};
    Passing passing{.now = {}, .segment = segment, .rng = rng, .memory = memory.get()};
    Departures out;
    loss.apply({.packet = {}}, passing, out);
    lost.push_back(out.empty());
  }
  return lost;
}

std::shared_ptr<const Impairment> loss(const std::string& parameters) {
  return with_rule("do = \"loss\"\n" + parameters).rules[0].impairment;
}

double share(const std::vector<bool>& lost) {
  return static_cast<double>(std::ranges::count(lost, true)) / static_cast<double>(lost.size());
}

/// Of those behind one that was lost, the share that is lost; NaN where none was.
double share_behind_loss(const std::vector<bool>& lost) {
  double behind = 0, both = 0;
  for (std::size_t i = 1; i < lost.size(); ++i) {
    behind += lost[i - 1] ? 1 : 0;
    both += lost[i - 1] && lost[i] ? 1 : 0;
  }
  return both / behind;
}

/// The length of every run of losses.
std::vector<std::size_t> bursts(const std::vector<bool>& lost) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < lost.size(); ++i) {
    if (!lost[i]) continue;
    if (i > 0 && lost[i - 1]) {
      ++lengths.back();
    } else {
      lengths.push_back(1);
    }
  }
  return lengths;
}

double mean(const std::vector<std::size_t>& values) {
  double sum = 0;
  for (const std::size_t v : values) sum += static_cast<double>(v);
  return sum / static_cast<double>(values.size());
}

/// 3.9 standard deviations of the mean of `n` draws with that chance, each worth fewer where they
/// are correlated.
double within(double p, double n, double correlation = 0) {
  return 3.9 * std::sqrt(p * (1 - p) / n * (1 + correlation) / (1 - correlation));
}

/// The same for the mean length of bursts that end at each packet with that chance.
double within_burst(double ends, std::size_t n) {
  return 3.9 * std::sqrt((1 - ends) / (ends * ends) / static_cast<double>(n));
}

}  // namespace

TEST_CASE("random losses are as many as was asked for, and in bursts as chance has them") {
  for (const double p : {0.01, 0.05, 0.1, 0.3, 0.5}) {
    const auto lost = fates(*loss("share = " + std::to_string(p)));
    CHECK(share(lost) == Approx(p).margin(within(p, kPackets)));
    CHECK(mean(bursts(lost)) ==
          Approx(1 / (1 - p)).margin(within_burst(1 - p, bursts(lost).size())));
  }
}

TEST_CASE("the lengths of random bursts are spread as chance spreads them") {
  constexpr double kShare = 0.3;
  const auto lengths = bursts(fates(*loss("share = 0.3")));
  double chi_squared = 0;
  for (std::size_t length = 1; length <= 6; ++length) {
    const double expected = static_cast<double>(lengths.size()) * (1 - kShare) *
                            std::pow(kShare, static_cast<double>(length - 1));
    const auto found = static_cast<double>(std::ranges::count(lengths, length));
    chi_squared += (found - expected) * (found - expected) / expected;
  }
  CHECK(chi_squared < 27.9);  // 6 degrees of freedom, once in ten thousand
}

// netem's correlation, which blends the draws, makes of 10 % with 25 % a loss of 1.8 %.
TEST_CASE("correlated losses are as many as was asked for, too, and follow each other") {
  for (const double p : {0.01, 0.05, 0.1, 0.3, 0.5}) {
    for (const double correlation : {0.25, 0.5, 0.75, 0.9}) {
      INFO("share " << p << ", correlation " << correlation);
      const auto lost = fates(
          *loss("share = " + std::to_string(p) + "\ncorrelation = " + std::to_string(correlation)));
      CHECK(share(lost) == Approx(p).margin(within(p, kPackets, correlation)));
      const double behind = p + correlation * (1 - p);
      CHECK(share_behind_loss(lost) ==
            Approx(behind).margin(within(behind, share(lost) * kPackets)));
      const double ends = (1 - p) * (1 - correlation);
      CHECK(mean(bursts(lost)) == Approx(1 / ends).margin(within_burst(ends, bursts(lost).size())));
    }
  }
}

TEST_CASE("a Gilbert-Elliott link loses its share, and stays bad as long as r says") {
  const double p = 0.01, r = 0.25;
  const auto lost = fates(*loss("model = \"gilbert-elliott\"\np = 0.01\nr = 0.25"));
  CHECK(share(lost) == Approx(p / (p + r)).margin(within(p / (p + r), kPackets, 1 - p - r)));
  CHECK(mean(bursts(lost)) == Approx(1 / r).margin(within_burst(r, bursts(lost).size())));
  const double good = 0.001, bad = 0.7;
  const double both = (r * good + p * bad) / (p + r);
  const auto some = fates(
      *loss("model = \"gilbert-elliott\"\np = 0.01\nr = 0.25\ngood_loss = 0.001\nbad_loss = 0.7"));
  CHECK(share(some) == Approx(both).margin(within(both, kPackets, 1 - p - r)));
}

TEST_CASE("the four states lose their share, alone and in bursts") {
  const double p13 = 0.02, p31 = 0.2, p32 = 0.3, p23 = 0.5, p14 = 0.01;
  const auto share_of = [&](double alone) {
    return (p13 + p31 * alone) * p23 / (p13 * p23 + p31 * p23 + p32 * p13 + p31 * alone * p23);
  };
  const std::string without = "model = \"four-state\"\np13 = 0.02\np31 = 0.2\np32 = 0.3\np23 = 0.5";
  const auto lost = fates(*loss(without));
  // As slow as a burst, which ends once in 1 / p31 losses and as many passes as those come to.
  CHECK(share(lost) == Approx(share_of(0)).margin(within(share_of(0), kPackets, 0.8)));
  CHECK(mean(bursts(lost)) ==
        Approx(1 / (p31 + p32)).margin(within_burst(p31 + p32, bursts(lost).size())));
  const auto more = fates(*loss(without + "\np14 = 0.01"));
  CHECK(share(more) == Approx(share_of(p14)).margin(within(share_of(p14), kPackets, 0.8)));
}

TEST_CASE("the first packet that is remembered is lost as often as any other") {
  const auto bad = loss("model = \"gilbert-elliott\"\np = 0.05\nr = 0.2");
  const Segment segment;
  double lost = 0;
  constexpr std::uint64_t kOwners = 20'000;
  for (std::uint64_t owner = 0; owner < kOwners; ++owner) {
    Rng rng{2, owner};
    const auto memory = bad->remember();
    Passing passing{.now = {}, .segment = segment, .rng = rng, .memory = memory.get()};
    Departures out;
    bad->apply({.packet = {}}, passing, out);
    lost += out.empty() ? 1 : 0;
  }
  CHECK(lost / kOwners == Approx(0.2).margin(within(0.2, kOwners)));
}

TEST_CASE("what depends on nothing before it remembers nothing") {
  using Scopes = std::vector<std::optional<Scope>>;
  Scopes scopes;
  for (const char* parameters :
       {"share = 0.1", "share = 0.1\ncorrelation = 0.5", "model = \"gilbert-elliott\"\np = 0.1",
        "model = \"gilbert-elliott\"\np = 0.1\nr = 0.1\nscope = \"flow\"",
        "model = \"four-state\"\np13 = 0.1",
        "model = \"four-state\"\np13 = 0.1\np14 = 0.1\nscope = \"client\""}) {
    scopes.push_back(loss(parameters)->effects().remembers);
  }
  CHECK(scopes ==
        Scopes{std::nullopt, Scope::rule, std::nullopt, Scope::flow, std::nullopt, Scope::client});
}

TEST_CASE("loss says how much it loses, and how many in a row") {
  CHECK(loss("share = 0.015")->sentence() == "is lost with a chance of 1.5 %");
  CHECK(loss("share = 0.1\ncorrelation = 0.5")->sentence() ==
        "is lost: 10 % of all, 2.22 in a row on average");
  CHECK(loss("model = \"gilbert-elliott\"\np = 0.01\nr = 0.25")->sentence() ==
        "is lost: 3.85 % of all, 4 in a row on average");
  CHECK(loss("model = \"four-state\"\np13 = 0.02\np31 = 0.2\np32 = 0.3\np23 = 0.5")->sentence() ==
        "is lost: 8.62 % of all, 2 in a row on average");
}

TEST_CASE("a model is asked for what it needs, and for nothing else") {
  using Errors = std::vector<std::string>;
  Errors errors;
  for (const char* parameters :
       {"", "share = 1.5", "share = 0.1\ncorrelation = 1", "share = 0.1\np = 0.1",
        "model = \"gilbert-elliott\"", "model = \"gilbert-elliott\"\np = 0.1\nr = 0",
        "model = \"four-state\"\np13 = 0.5\np31 = 0.6\np32 = 0.5",
        "model = \"four-state\"\np13 = 0.5\np14 = 0.6"}) {
    errors.push_back(rule_error(std::string("do = \"loss\"\n") + parameters));
  }
  CHECK(errors ==
        Errors{"p.toml:2:1: \"share\" must be given with model = \"random\"",
               "p.toml:4:9: \"share\" is 1.5; write a number from 0 to 1, for example 0.01",
               "p.toml:5:15: \"correlation\" must be below 1, or nothing ever changes",
               "p.toml:5:5: \"p\" has no meaning with model = \"random\"",
               "p.toml:2:1: \"p\" must be given with model = \"gilbert-elliott\"",
               "p.toml:6:5: \"r\" must be above 0, or it never gets good again",
               "p.toml:7:7: \"p32\" must be no more than 1 - p31",
               "p.toml:6:7: \"p14\" must be no more than 1 - p13"});
}

}  // namespace latesyn::test
