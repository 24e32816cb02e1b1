// loss: packets are lost by chance, one by one or in bursts, by the models that netem knows. The
// share of all that is lost is the one that was asked for, from the first packet on.

#include <fmt/format.h>

#include "impair/making/loss_model.hpp"
#include "impair/making/remembers.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"model", ParameterKind::choice, "random", "what decides", kLossModelNames},
    optional_share("share", "random: how much of all is lost"),
    optional_share("correlation", "random: of each packet's fate with the last one's; else 0"),
    optional_share("p", "gilbert-elliott: from good to bad, at each packet"),
    optional_share("r", "gilbert-elliott: from bad to good; else 1 - p"),
    optional_share("bad_loss", "gilbert-elliott: how much is lost while it is bad; else 1"),
    optional_share("good_loss", "gilbert-elliott: how much is lost while it is good; else 0"),
    optional_share("p13", "four-state: from a gap into a burst of losses, at each packet"),
    optional_share("p31", "four-state: from a burst into a gap; else 1 - p13"),
    optional_share("p32", "four-state: from a loss to one that passes, within a burst; else 0"),
    optional_share("p23", "four-state: from one that passes to a loss, within a burst; else 1"),
    optional_share("p14", "four-state: a loss alone, within a gap; else 0"),
    scope_parameter(),
};

class Loss final : public Remembers<std::optional<std::size_t>> {
 public:
  explicit Loss(const Parameters& p) : scope_(scope(p)) {
    const LossModel& model = loss_model(p);
    const std::string named = "with model = \"" + std::string(model.name) + "\"";
    for (const Parameter& row : kParameters) {
      // Each says first which model it is of.
      const bool is_anothers =
          row.kind == ParameterKind::share && !row.about.starts_with(model.name);
      require(!is_anothers || !p.share(row.key), row.key, "has no meaning " + named);
    }
    require(p.share(model.first).has_value(), model.first, "must be given " + named);
    chain_ = model.make(*p.share(model.first), p);
  }
  using Remembers::apply;

  void apply(Departure departure, Passing& passing, std::optional<std::size_t>& state,
             Departures& out) const override {
    state = MarkovChain::drawn(state ? chain_.next[*state] : chain_.start, passing.rng);
    if (passing.rng.uniform() >= chain_.lost[*state]) out.push_back(std::move(departure));
  }
  Effects effects() const override {
    const auto memory = chain_.remembers() ? std::optional(scope_) : std::nullopt;
    return {.captures = false, .reorders = false, .remembers = memory};
  }
  std::string sentence() const override {
    const auto share = fmt::format("{:.3g} %", chain_.loss() * 100);
    if (!chain_.remembers()) return "is lost with a chance of " + share;
    return fmt::format("is lost: {} of all, {:.3g} in a row on average", share, chain_.burst());
  }

 private:
  Scope scope_;
  MarkovChain chain_;
};

const Registered registered({
    .name = "loss",
    .about = "Packets are lost by chance, one by one or in bursts.",
    .parameters = kParameters,
    .make = make_impairment<Loss>,
});

}  // namespace
}  // namespace latesyn
