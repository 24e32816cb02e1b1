#pragma once
// What is measured: something that stands on the router, or nothing at all.

#include <functional>

#include "tests/bench/bed.hpp"

namespace latesyn::bench {

/// What a link is narrowed to.
inline constexpr double kShapedBits = 100e6;

/// A subject at work.
struct Standing {
  std::unique_ptr<RunningProgram> program;
  /// Whom the client has to connect to: the server, or a proxy that listens on the router.
  std::string target = std::string(kServer);
};

struct Subject {
  std::string name;
  std::function<Standing(const Bed&, std::uint16_t port)> stand;
  /// Why it can't be measured; empty: it can.
  std::string missing;
};

Subject no_queue();
/// The smallest loop that takes every segment and lets it pass (accept_all.hpp).
Subject accept_all();
/// The kernel's, without timestamps: with them it loses connections here.
Subject synproxy();
Subject haproxy();
Subject nginx_stream();
/// Any other: a shell command, told the addresses by LATESYN_SERVER and LATESYN_LISTEN. Where
/// something listens at the latter it is connected to, otherwise through.
Subject peer(const std::string& name, const std::string& command);
/// The kernel's shaper on the way to the server, with the queue that `rate_policy` asks for.
Subject token_bucket();
/// latesyn with a policy whose traffic is added here, and more arguments for `latesyn run`.
Subject latesyn_with(const std::string& name, const std::string& policy,
                     const std::vector<std::string>& arguments = {});

/// Policies: the key `handshake` of the traffic first, then rules.
std::string stale_syn_policy();
std::string syn_rule_policy();
std::string every_segment_policy();
/// As many bits as Ethernet would count.
std::string rate_policy();
/// `translate` says who shifts the numbers of joined flows.
std::string handshake_policy(const std::string& mode, const std::string& translate = "auto");

}  // namespace latesyn::bench
