#pragma once
// A policy as a value: what to take in, what to do to it, what to expect, and an example that must
// come true. Made by load_policy (policy_file.hpp), used by everything else.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "impair/making/impairment.hpp"
#include "proxy/handshake/relay.hpp"
#include "proxy/match/match.hpp"
#include "proxy/notes/figure.hpp"
#include "proxy/policy/capture_replay.hpp"
#include "proxy/policy/expectation.hpp"
#include "proxy/policy/lab_step.hpp"
#include "proxy/values/kernel_version.hpp"

namespace latesyn {

/// Who shifts the numbers of joined flows.
enum class Translate : std::uint8_t {
  automatic,  // the kernel, where it can
  kernel,     // the kernel, or no run at all
  user,       // latesyn, segment by segment
};
inline constexpr std::array<std::string_view, 3> kTranslateNames{"auto", "kernel", "user"};

/// What to take in: segments between some clients and some servers. Empty: everything.
struct Traffic {
  std::vector<EndpointRange> servers, clients;
  /// Who shakes hands with whom, and with which numbers.
  RelayOptions handshake;
  Translate translate = Translate::automatic;

  bool empty() const { return servers.empty() && clients.empty(); }
  /// True where a client of this family can talk to a server of it.
  bool has(Family family) const;
  /// Which end sent a segment, by its addresses; nothing where it is none of this traffic, or where
  /// the addresses do not tell (both ends match).
  std::optional<Side> sender(const Endpoint& from, const Endpoint& to) const;
  /// True where a segment between these two ends, in either direction, is of this traffic.
  bool covers(const Endpoint& from, const Endpoint& to) const;
};

/// Which of the packets that the rules before it have made of a segment a rule is for. A copy of a
/// forged one is both.
enum class ActsOn : std::uint8_t { original, copy, forged };
inline constexpr std::array<std::string_view, 3> kActsOnNames{"original", "copy", "forged"};
constexpr bool covers(ActsOn which, Origin origin) {
  switch (which) {
    case ActsOn::copy:
      return is_copy(origin);
    case ActsOn::forged:
      return is_forged(origin);
    default:
      return origin == Origin::original;
  }
}

struct Rule {
  std::string name;  // as given, or the impairment's name and the rule's number: "drop 2"
  /// What its chance is keyed by, among all rules: its name; of a rule that was given none, what it
  /// says. Rules before or behind it make no difference.
  std::uint64_t chance = 0;
  Match when;
  const ImpairmentKind* kind = nullptr;
  std::shared_ptr<const Impairment> impairment;
  Effects effects;  // the impairment's
  /// What the rule gives its impairment: rules of one name, kind and of the same parameters are one
  /// rule, over a reload too.
  std::shared_ptr<const Parameters> parameters;
  bool last = false;              // no later rule sees a segment that this one matched
  std::optional<ActsOn> acts_on;  // none: all
};

/// Who ends the built-in conversation.
enum class Closer : std::uint8_t {
  client,        // the client sends the first FIN, and has the TIME-WAIT
  server,        // the server does
  client_reset,  // the client ends it with a RST (SO_LINGER 0): nobody has a TIME-WAIT
};

/// What a scenario needs beyond the policy when `latesyn lab` plays it.
struct LabSettings {
  /// What the ends do, in order; empty: so many built-in conversations, as the next three say.
  std::vector<LabStep> steps;
  Closer closer = Closer::client;
  std::uint32_t connections = 1;
  std::uint32_t at_once = 1;
  /// How long to watch after the last late SYN, for what the ends still do.
  Duration watch = std::chrono::seconds(3);
  /// When the lab releases by hand what waits for that, since its start.
  std::optional<Duration> release;
  /// The kernels that the scenario is about; on others what it says need not be so.
  KernelRange kernels;
  /// Kernel settings inside the two hosts' namespaces: "net.ipv4.tcp_rfc1337" = 1.
  std::map<std::string, std::string> client_sysctls, server_sysctls;
};

/// What the policy itself is bound by.
struct PolicyLimits {
  /// Packets that may leave for each that comes in, besides itself: rules that copy copies multiply
  /// them, and a policy must not become a flood by mistake.
  std::uint32_t copies = 1000;
};

struct Policy {
  std::string file;  // as the user named it
  std::string about;
  std::string source;  // where the scenario comes from: "RFC 9293, figure 8"; empty: not said
  Traffic traffic;
  PolicyLimits limits;
  std::vector<Rule> rules;
  std::vector<CaptureReplay> replays;
  std::vector<Expectation> expectations;
  std::vector<FigureLine> example;
  LabSettings lab;
};

/// A rule that remembers for packets of more than one flow, so that a single worker has to see them
/// all; null where there is none.
const Rule* needs_one_worker(const Policy& policy);

}  // namespace latesyn
