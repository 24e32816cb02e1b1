#include "proxy/firewall/firewall_watch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "proxy/firewall/leftovers.hpp"
#include "proxy/linux/families.hpp"

namespace latesyn {
namespace {

/// Chains of runs that are alive; what a killed one has left lets everything by.
void add_living(const std::vector<std::string>& chains, std::vector<std::string>& living) {
  const BoundQueues bound;
  for (const std::string& chain : chains) {
    const auto queue = queue_of(chain);
    const bool known = std::ranges::find(living, chain) != living.end();
    if (queue && !known && bound.find(*queue)) living.push_back(chain);
  }
}

}  // namespace

void FirewallWatch::look() {
  // First: what changes while we look is another change.
  auto stamp = stamp_.read();
  if (stamp == seen_) return;
  try {
    const Standing now = standing();
    tell_others(now);
    if (!now.whole) return mend();
    seen_ = std::move(stamp);
    said_broken_ = false;
  } catch (const std::exception& error) {
    if (std::exchange(said_broken_, true)) return;
    spdlog::error("what has become of the firewall rules of this run is not known: {}",
                  error.what());
  }
}

Standing FirewallWatch::standing() const {
  Standing all;
  for (const Family family : kFamilies) {
    const Standing one = firewall_.standing(family);
    all.whole = all.whole && one.whole;
    add_living(one.ahead, all.ahead);
    add_living(one.behind, all.behind);
  }
  return all;
}

/// What others do again and again is mended as often, and said each time.
void FirewallWatch::mend() {
  try {
    firewall_.put_back();
  } catch (const std::exception& error) {
    if (std::exchange(said_broken_, true)) return;
    spdlog::error(
        "another program has changed or removed firewall rules of this run, and they could not be "
        "put back: {}; packets pass unseen: start this run again",
        error.what());
    return;
  }
  ++put_back_;
  said_broken_ = false;
  spdlog::warn(
      "another program had changed or removed firewall rules of this run (iptables -F, nft flush "
      "ruleset?): they are put back; what came in between passed unseen, and packets that waited "
      "in the kernel may be lost");
}

void FirewallWatch::tell_others(const Standing& now) {
  for (const std::string& chain : now.ahead) {
    if (std::ranges::find(told_.ahead, chain) != told_.ahead.end()) continue;
    spdlog::warn(
        "another latesyn stands ahead of this one (chain {}): packets that both would take in "
        "reach that one only; stop it, or give the two other traffic",
        chain);
  }
  for (const std::string& chain : now.behind) {
    if (std::ranges::find(told_.behind, chain) != told_.behind.end()) continue;
    spdlog::warn(
        "this run stands ahead of another latesyn (chain {}): packets that both would take in no "
        "longer reach that one; stop one of them, or give the two other traffic",
        chain);
  }
  told_.ahead = now.ahead;
  told_.behind = now.behind;
}

}  // namespace latesyn
