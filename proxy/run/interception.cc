#include "proxy/run/interception.hpp"

#include <spdlog/spdlog.h>

namespace latesyn {

void Interception::begin(const Traffic& traffic) { go(&Interception::start, plan_, traffic); }

void Interception::change(const Plan& plan, const Traffic& traffic) {
  // It does translate: what fails then is something else.
  if (plan_.splice) return move(plan, traffic);
  go(&Interception::move, plan, traffic);
}

void Interception::go(Way way, Plan plan, const Traffic& traffic) {
  if (plan.splice && traffic.translate != Translate::kernel) {
    try {
      return (this->*way)(plan, traffic);
    } catch (const std::exception& error) {
      spdlog::warn("the numbers of joined flows are shifted here, not by the kernel: {}",
                   error.what());
      plan.splice = false;
    }
  }
  (this->*way)(plan, traffic);
}

void Interception::start(const Plan& plan, const Traffic& traffic) {
  hands_.offer_splices(plan.splice);
  hands_.set_rules(plan, traffic);
  plan_ = plan;
}

void Interception::move(const Plan& plan, const Traffic& traffic) {
  // Once the rules have changed it is too late to find that there is none.
  if (plan.splice) hands_.open_tracking();
  const bool moves = plan.splice != plan_.splice;
  if (moves) hands_.begin_move();
  try {
    hands_.use_settings(plan);
    // What the kernel translates must be ours again before packets are seen ahead of it.
    if (!plan.splice) hands_.offer_splices(false);
    hands_.set_rules(plan, traffic);
    if (plan.splice) hands_.offer_splices(true);
    plan_ = plan;
  } catch (const std::exception&) {
    hands_.use_settings(plan_);
    if (plan_.splice) hands_.offer_splices(true);
    if (moves) hands_.end_move();
    throw;
  }
  if (moves) hands_.end_move();
}

}  // namespace latesyn
