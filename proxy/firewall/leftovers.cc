#include "proxy/firewall/leftovers.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "proxy/firewall/firewall.hpp"
#include "proxy/firewall/firewall_lock.hpp"

namespace latesyn {
namespace {

std::vector<OwnChain> find_chains(Family family, BackEnd back_end) {
  std::vector<OwnChain> chains;
  const BoundQueues bound;
  std::istringstream lines(save_rules(family, back_end));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(':')) continue;
    const std::string chain = line.substr(1, line.find(' ') - 1);
    const auto queue = queue_of(chain);
    // One run has a chain of the same name in each of its tables.
    const bool known = std::ranges::find(chains, chain, &OwnChain::name) != chains.end();
    if (queue && !known) chains.push_back({family, chain, bound.find(*queue), back_end});
  }
  return chains;
}

}  // namespace

std::optional<std::uint16_t> queue_of(std::string_view name) {
  if (!name.starts_with(kChainPrefix)) return std::nullopt;
  const std::string_view digits = name.substr(kChainPrefix.size());
  std::uint16_t queue = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), queue);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  // The same number in another form is not ours: "LATESYN-007".
  return chain_name({.queue = queue}) == name ? std::optional(queue) : std::nullopt;
}

std::vector<OwnChain> find_chains(Family family) {
  std::vector<OwnChain> chains;
  for (const BackEnd back_end : back_ends(family)) {
    const auto more = find_chains(family, back_end);
    chains.insert(chains.end(), more.begin(), more.end());
  }
  return chains;
}

void remove_chain(const OwnChain& chain) {
  const std::string saved = save_rules(chain.family, chain.back_end);
  const std::string text = transition(saved, chain.name, "");
  if (!text.empty()) restore_rules(chain.family, text, chain.back_end);
}

std::vector<OwnChain> remove_leftovers(Family family) {
  const FirewallLock lock;
  std::vector<OwnChain> removed;
  for (const OwnChain& chain : find_chains(family)) {
    if (chain.owner) continue;
    remove_chain(chain);
    removed.push_back(chain);
  }
  return removed;
}

}  // namespace latesyn
