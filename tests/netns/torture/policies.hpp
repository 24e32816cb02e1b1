#pragma once
// Policies by chance, none of which may do more to a connection than slow it down.

#include <string>

#include "proxy/values/rng.hpp"
#include "tests/netns/torture/handling.hpp"

namespace latesyn::torture {

/// Whose handshake it is, and who shifts the numbers.
struct Manner {
  std::size_t mode = 0;  // of kModes
  bool kernel = false;   // the kernel shifts, where the rules leave it that
};

struct AnyPolicy {
  Manner manner;
  std::string about;  // the text without its traffic
  std::string text;
  bool takes = false;    // anything at all
  bool splices = false;  // the kernel shifts the numbers of joined flows
  Handling handling;     // of connections that it sees from their SYN on
};

Manner any_manner(Rng& rng);
/// Any rules, in this manner. Its traffic is the router's server, and servers that nobody answers
/// for (Scene has the routes to them).
AnyPolicy any_policy(const Manner& manner, Rng& rng);
/// Not a policy.
std::string nonsense(Rng& rng);

}  // namespace latesyn::torture
