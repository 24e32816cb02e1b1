#pragma once
// The interception plan: what a policy needs to see, as firewall rules and queue settings. A pure
// function of the policy, so that `latesyn check` can print it. What the plan leaves out never
// leaves the kernel.

#include "proxy/core/policy.hpp"

namespace latesyn {

/// Which segments of the traffic are queued.
enum class Take : std::uint8_t {
  nothing,  // the policy has no rules
  control,  // SYN, FIN and RST
  all,      // everything
};

struct Plan {
  Take take = Take::control;
  /// Bytes of each packet that are copied to us.
  std::uint32_t copy_bytes = 0xffff;
  /// Segmentation offload stays on: the kernel may hand over super-segments of up to 64 KB.
  bool gso = true;

  bool operator==(const Plan&) const = default;
};

/// How the firewall finds the queue and our own packets.
struct Hook {
  std::uint16_t queue = 9293;
  std::uint32_t mark = 0x9293;
};

/// The least that `policy` needs.
Plan make_plan(const Policy& policy);

/// True where a segment of the plan's traffic is queued under the plan.
bool takes(const Plan& plan, const Flags& flags);

/// Input for `iptables-restore --noflush` (or ip6tables-restore): a chain of our own in the raw
/// table, named after the queue, with `--queue-bypass`. Empty where the family has nothing to take.
std::string firewall_rules(const Plan& plan, const Traffic& traffic, const Hook& hook,
                           Family family);

/// The chain that `firewall_rules` makes: "LATESYN-9293".
std::string chain_name(const Hook& hook);

}  // namespace latesyn
