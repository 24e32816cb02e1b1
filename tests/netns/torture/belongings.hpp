#pragma once
// What there is on a router besides the kernel's own, as the system's tools and /proc tell it: none
// of the product's own code is asked.

#include <string>
#include <vector>

#include "proxy/process/namespace.hpp"

namespace latesyn::torture {

/// A line for each.
struct Belongings {
  std::vector<std::string> rules;      // and chains, of the firewalls of both families
  std::vector<std::string> processes;  // in the router's network namespace, but this one
  std::vector<std::string> mounts;     // of network namespaces, which outlive processes so

  bool operator==(const Belongings&) const = default;
};

/// Throws std::runtime_error.
Belongings belongings(const Namespace& router);
std::string text(const Belongings& all);

}  // namespace latesyn::torture
