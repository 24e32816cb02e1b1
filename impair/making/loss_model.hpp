#pragma once
// The models of loss that netem knows, each as a chain, from the parameters of a rule.

#include "impair/making/markov_chain.hpp"
#include "impair/making/parameter.hpp"

namespace latesyn {

inline constexpr std::array<std::string_view, 3> kLossModelNames{"random", "gilbert-elliott",
                                                                 "four-state"};

inline MarkovChain random_loss(double share, const Parameters& p) {
  const double apart = 1 - p.share("correlation", 0);
  require(apart > 0, "correlation", "must be below 1, or nothing ever changes");
  return MarkovChain::two_states(share * apart, (1 - share) * apart, 0, 1);
}

inline MarkovChain gilbert_elliott(double to_bad, const Parameters& p) {
  const double to_good = p.share("r", 1 - to_bad);
  require(to_good > 0, "r", "must be above 0, or it never gets good again");
  return MarkovChain::two_states(to_bad, to_good, p.share("good_loss", 0), p.share("bad_loss", 1));
}

inline MarkovChain four_state(double p13, const Parameters& p) {
  const double p31 = p.share("p31", 1 - p13), p32 = p.share("p32", 0), p14 = p.share("p14", 0);
  require(p31 > 0, "p31", "must be above 0, or a burst never ends");
  require(p31 + p32 <= 1, "p32", "must be no more than 1 - p31");
  require(p13 + p14 <= 1, "p14", "must be no more than 1 - p13");
  require(p.share("p23", 1) > 0, "p23", "must be above 0, or a burst never goes on");
  return MarkovChain::four_states(p13, p31, p32, p.share("p23", 1), p14);
}

struct LossModel {
  std::string_view name, first;  // the parameter that it can't do without
  MarkovChain (*make)(double first, const Parameters& p);
};
inline constexpr std::array kLossModels{LossModel{"random", "share", random_loss},
                                        LossModel{"gilbert-elliott", "p", gilbert_elliott},
                                        LossModel{"four-state", "p13", four_state}};

/// The one that the rule names.
inline const LossModel& loss_model(const Parameters& p) {
  return *std::ranges::find(kLossModels, p.choice("model"), &LossModel::name);
}

}  // namespace latesyn
