#include "proxy/run/run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <random>

#include "proxy/firewall/forwarding.hpp"
#include "proxy/firewall/leftovers.hpp"
#include "proxy/linux/families.hpp"
#include "proxy/linux/held_signals.hpp"
#include "proxy/linux/promptness.hpp"
#include "proxy/linux/rights.hpp"
#include "proxy/output/console.hpp"
#include "proxy/run/run_policy.hpp"
#include "proxy/run/run_session.hpp"

namespace latesyn {
namespace {

std::uint64_t any_seed() {
  std::random_device device;
  // Short enough to type again.
  return device() % 1'000'000;
}

void remove_and_tell_leftovers(Family family) {
  for (const OwnChain& chain : remove_leftovers(family)) {
    spdlog::warn("removed the {} chain {}, which a killed latesyn had left", family_name(family),
                 chain.name);
  }
}

/// A family that is not used here must not keep us from starting.
void remove_and_tell_leftovers(const Traffic& traffic) {
  for (const Family family : kFamilies) {
    try {
      remove_and_tell_leftovers(family);
    } catch (const std::exception& error) {
      if (traffic.has(family)) throw;
      spdlog::warn("a killed latesyn may have left {} rules: {}", family_name(family),
                   error.what());
    }
  }
}

void require_queues(const Hook& hook) {
  constexpr unsigned kLast = 65535;
  if (hook.queue + hook.workers - 1 <= kLast) return;
  throw std::runtime_error(
      fmt::format("could not use the {} queues from {}: the last that there is is {}; choose a "
                  "lower one with --queue",
                  hook.workers, hook.queue, kLast));
}

}  // namespace

int run(const RunOptions& options) {
  // What asks for a reload or a release before there is anything to do it must not kill.
  const HeldSignals early({SIGHUP, SIGUSR1});
  // Before there are more threads, which each would have rights of their own.
  require_rights();
  allow_running_promptly();
  give_up_rights();
  const auto console = Console::install();
  const SharedPolicy policy = load_for_run(options.policy, options.hook);
  require_queues(options.hook);
  // A reader of our output that goes away must not take us along, rules left behind.
  std::signal(SIGPIPE, SIG_IGN);
  run_in_short_turns();
  RunOutputs outputs(options, *policy);
  warn_where_nothing_passes(policy->traffic, options.hook.stand);
  remove_and_tell_leftovers(policy->traffic);
  RunSession session(options, policy, options.seed.value_or(any_seed()), outputs, *console);
  early.let_in();
  return session.run();
}

}  // namespace latesyn
