#include "proxy/run/run_policy.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "proxy/loader/policy_file.hpp"
#include "proxy/policy/witnesses.hpp"
#include "proxy/watch/capture_reader.hpp"

namespace latesyn {
namespace {

/// `translate = "kernel"` is a promise about killed runs and about speed: it is kept, or refused.
void require_promised_splice(const Policy& policy, const std::string& file, const Stand& stand) {
  const Plan plan = make_plan(policy, stand);
  if (policy.traffic.translate != Translate::kernel || !plan.icmp || plan.splice) return;
  throw PolicyError(fmt::format(
      "{}: translate = \"kernel\", but the rules need to see more than SYN, FIN and RST of the "
      "joined flows, which the kernel would not show; write \"auto\" or \"user\", or have no rule "
      "that needs more",
      file));
}

/// Where several workers share the packets, none sees all that such a rule would have to remember.
void require_one_worker(const Policy& policy, const std::string& file, unsigned workers) {
  const Rule* const rule = workers == 1 ? nullptr : needs_one_worker(policy);
  if (rule == nullptr) return;
  const Scope scope = *rule->effects.remembers;
  throw PolicyError(fmt::format(
      "{}: rule \"{}\" has scope = \"{}\", but {} workers share the packets among them by "
      "connection, so that none sees all of a {}'s; leave out --workers, or write scope = \"flow\"",
      file, rule->name, name(scope), workers, name(scope)));
}

}  // namespace

SharedPolicy load_for_run(const std::string& file, const Hook& hook) {
  Policy policy = load_whole_policy(file);
  if (policy.traffic.empty()) {
    throw PolicyError(fmt::format(
        "{}: [traffic] is empty, so that it would take in all that this machine passes on; name "
        "the servers or the clients: servers = [\"10.0.2.2:80\"]",
        file));
  }
  for (const std::string& untold : untold_by({}, policy.expectations)) {
    spdlog::warn("not judged: {}", untold);
  }
  require_promised_splice(policy, file, hook.stand);
  require_one_worker(policy, file, hook.workers);
  return policy;
}

}  // namespace latesyn
