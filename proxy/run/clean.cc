#include "proxy/run/clean.hpp"

#include <fmt/format.h>

#include "proxy/firewall/firewall_lock.hpp"
#include "proxy/firewall/firewall_program.hpp"
#include "proxy/firewall/leftovers.hpp"
#include "proxy/linux/families.hpp"
#include "proxy/linux/rights.hpp"
#include "proxy/output/standard_streams.hpp"

namespace latesyn {
namespace {

void clean_chain(const OwnChain& chain) {
  const auto family = family_name(chain.family);
  if (chain.owner) {
    fmt::print("{} chain {} stays: its queue is bound by {}\n", family, chain.name,
               owner_text(*chain.owner));
    return;
  }
  remove_chain(chain);
  fmt::print("{} chain {} removed\n", family, chain.name);
}

}  // namespace

int clean() {
  require_rights();
  give_up_rights();
  bool any = false, failed = false;
  for (const Family family : kFamilies) {
    try {
      const FirewallLock lock;
      for (const OwnChain& chain : find_chains(family)) {
        clean_chain(chain);
        any = true;
      }
      require_sight_of_rules(family);
    } catch (const std::exception& error) {
      print_error(error.what());
      failed = true;
    }
  }
  if (!any && !failed) fmt::print("nothing to clean\n");
  return failed ? 2 : 0;
}

}  // namespace latesyn
