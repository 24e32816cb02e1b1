// delay: the packet leaves later than it came, by a fixed time or by one drawn for each packet.

#include <algorithm>
#include <random>

#include "impair/making/impairment.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, 2> kDistributions{"uniform", "normal"};
constexpr std::array kParameters{
    Parameter{"by", ParameterKind::duration, "", "how much later it leaves, on average"},
    Parameter{"jitter", ParameterKind::duration, "0s",
              "how far the delay strays from that: at most (uniform), or as standard deviation "
              "(normal); 0s: a fixed delay"},
    Parameter{"distribution", ParameterKind::choice, "uniform", "how the delay strays",
              kDistributions},
};

class Delay final : public Impairment {
 public:
  explicit Delay(const Parameters& p)
      : by_(p.duration("by")),
        jitter_(p.duration("jitter")),
        distribution_(p.choice("distribution")) {}

  void apply(Departure departure, Passing& passing, Departures& out) const override {
    departure.after = longer(departure.after, std::max(by_ + stray(passing.rng), Duration::zero()));
    out.push_back(std::move(departure));
  }
  Effects effects() const override {
    if (by_ == jitter_ && by_ == Duration::zero()) return kNoEffects;
    return {.waits = jitter_.count() ? Waits::variously : Waits::alike};
  }
  std::string sentence() const override {
    return "is delayed by " + to_text(by_) +
           (jitter_.count() ? " ± " + to_text(jitter_) + " (" + distribution_ + ")" : "");
  }

 private:
  Duration stray(Rng& rng) const {
    return scaled(jitter_, distribution_ == "normal" ? std::normal_distribution<>()(rng)
                                                     : 2 * rng.uniform() - 1);
  }
  Duration by_, jitter_;
  std::string distribution_;
};

const Registered registered({
    .name = "delay",
    .about = "The packet leaves later than it came.",
    .parameters = kParameters,
    .make = make_impairment<Delay>,
});

}  // namespace
}  // namespace latesyn
