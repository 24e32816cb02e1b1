#include "proxy/policy/policy.hpp"

#include <algorithm>

namespace latesyn {
namespace {

/// An empty list leaves that end open.
bool matches(const std::vector<EndpointRange>& ranges, const Endpoint& end) {
  return ranges.empty() ||
         std::ranges::any_of(ranges, [&end](const auto& range) { return range.contains(end); });
}

bool has_family(const std::vector<EndpointRange>& ranges, Family family) {
  return ranges.empty() || std::ranges::any_of(ranges, [family](const EndpointRange& range) {
           return range.prefix.address.family() == family;
         });
}

bool goes_to_server(const Traffic& traffic, const Endpoint& from, const Endpoint& to) {
  return matches(traffic.clients, from) && matches(traffic.servers, to);
}

}  // namespace

bool Traffic::has(Family family) const {
  return has_family(servers, family) && has_family(clients, family);
}

std::optional<Side> Traffic::sender(const Endpoint& from, const Endpoint& to) const {
  const bool client = goes_to_server(*this, from, to), server = goes_to_server(*this, to, from);
  if (client == server) return std::nullopt;
  return client ? Side::client : Side::server;
}

const Rule* needs_one_worker(const Policy& policy) {
  const auto found = std::ranges::find_if(policy.rules, [](const Rule& rule) {
    return rule.effects.remembers && !is_of_flow(*rule.effects.remembers);
  });
  return found == policy.rules.end() ? nullptr : &*found;
}

bool Traffic::covers(const Endpoint& from, const Endpoint& to) const {
  return goes_to_server(*this, from, to) || goes_to_server(*this, to, from);
}

}  // namespace latesyn
