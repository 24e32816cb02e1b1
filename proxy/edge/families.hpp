#pragma once
// The two families of addresses, which the kernel keeps apart everywhere.

#include <algorithm>
#include <array>
#include <string_view>

#include "proxy/core/policy.hpp"

namespace latesyn {

inline constexpr std::array kFamilies{Family::v4, Family::v6};

constexpr std::string_view family_name(Family family) {
  return family == Family::v4 ? "IPv4" : "IPv6";
}

/// True where segments of that family can be of this traffic.
inline bool has_family(const Traffic& traffic, Family family) {
  const auto has = [family](const std::vector<EndpointRange>& ends) {
    return ends.empty() || std::ranges::any_of(ends, [family](const EndpointRange& range) {
             return range.prefix.address.family() == family;
           });
  };
  return has(traffic.clients) && has(traffic.servers);
}

}  // namespace latesyn
