#pragma once
// The two families of addresses, which the kernel keeps apart everywhere.

#include <array>
#include <string_view>

#include "proxy/values/address.hpp"

namespace latesyn {

inline constexpr std::array kFamilies{Family::v4, Family::v6};

constexpr std::string_view family_name(Family family) {
  return family == Family::v4 ? "IPv4" : "IPv6";
}

}  // namespace latesyn
