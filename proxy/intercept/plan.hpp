#pragma once
// The interception plan: what a policy needs to see, as firewall rules and queue settings. A pure
// function of the policy, so that `latesyn check` can print it. What the plan leaves out never
// leaves the kernel.

#include "proxy/intercept/stand.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

/// Which segments of the traffic are queued.
enum class Take : std::uint8_t {
  nothing,  // the policy has no rules
  control,  // SYN, FIN and RST
  bare,     // those, and while the engine awaits them the plain ACKs: what is short, without PSH
  all,      // everything
};

/// The longest packet, from its IP header, that Take::bare looks at: IPv4 with all its options and
/// TCP with all its options come to 120 bytes.
inline constexpr unsigned kBareSizeMax = 120;

struct Plan {
  Take take = Take::control;
  /// Bytes of each packet that are copied to us.
  std::uint32_t copy_bytes = 0xffff;
  /// Segmentation offload stays on: the kernel may hand over super-segments of up to 64 KB.
  bool gso = true;
  /// ICMP errors too: they quote segments whose numbers may be shifted.
  bool icmp = false;
  /// The kernel's connection tracking shifts the numbers of joined flows; of their segments only
  /// SYN, FIN and RST are queued, and behind connection tracking.
  bool splice = false;
  /// … and their timestamps, which takes a rule of its own.
  bool shifts_clocks = false;

  bool operator==(const Plan&) const = default;
};

/// How the firewall finds the traffic, the queue and our own packets.
struct Hook {
  std::uint16_t queue = 9293;
  /// Queues in all, with numbers from `queue`: one for each worker (worker_split.hpp).
  unsigned workers = 1;
  std::uint32_t mark = 0x9293;  // of our own packets; no bit of kAnswering or kTranslated
  Stand stand = kRouter;

  /// The queue of the plain ACKs in Take::bare. While nobody has bound it they pass.
  std::uint16_t acks() const { return queue ^ 0x8000U; }

  /// On the connections of joined flows: those whose data pass us by, and those that are to be seen
  /// whole, because the client has not answered yet.
  std::uint32_t joined() const { return mark; }
  std::uint32_t answering() const { return mark | kAnswering; }
  static constexpr std::uint32_t kAnswering = 0x1000'0000;
  /// On queued packets that the kernel translates behind us.
  static constexpr std::uint32_t kTranslated = 0x2000'0000;
};

/// The least that `policy` needs:
/// - control segments, where rules act on nothing else;
/// - bare segments too, where rules let SYNs come once their connection is closed: the answer that
///   tells what became of them may be a plain ACK (RFC 9293 section 3.10.7.4, TIME-WAIT);
/// - all, where a rule acts on other segments, or asks whether a handshake is complete; where a SYN
///   may come late into an open connection, because what tells a challenge ACK (RFC 5961 section 4)
///   is that it acknowledges nothing new; and where a rule waits for `established`: the ACK that
///   completes a handshake may carry data; and where a packet of ours leaves later than it is made,
///   because its numbers are those of that moment.
///
/// Where latesyn shakes hands itself: all, and whole, where it joins two halves; less where it only
/// refuses, or confirms late SYNs.
///
/// Bytes are copied whole where anything is captured, because a SYN may carry data (RFC 7413) and a
/// packet that is not whole can't be sent again. Offload is off where a rule can do anything
/// to data or to a FIN: it must hit segments, not the kernel's bundles of them, which no wire would
/// carry either. Only where all segments of a bundle wait alike, and the kernel keeps what waits,
/// as it may where it stands, does offload stay on, and headers are enough.
Plan make_plan(const Policy& policy, const Stand& stand);

/// True where packets that wait may do so in the kernel's queue: no handshake is ours, so that
/// nothing that leaves has to be changed.
bool can_park(const Policy& policy);

/// True where a SYN that matches the rule can come after another copy of it, or after its
/// connection.
bool can_make_syn_late(const Rule& rule);

/// True where anything in the policy can.
bool can_make_syn_late(const Policy& policy);

/// True where a packet of ours may leave later than it is made: its numbers are those of that
/// moment, so that all must be known that the ends have said until then.
bool follows_connections(const std::vector<Rule>& rules);

/// True where a packet of `size` bytes with `flags`, of the plan's traffic, is queued; `acks`:
/// while Engine::awaits_acks().
bool takes(const Plan& plan, const Flags& flags, std::size_t size, bool acks = true);

/// Input for `iptables-restore --noflush` (or ip6tables-restore): chains of our own, named after
/// the queue, with `--queue-bypass`. They stand in the raw table, ahead of connection tracking;
/// where that translates for us (docs/decisions/0009), also in the mangle table, behind it, and in
/// the filter table. Empty where the family has nothing to take.
std::string firewall_rules(const Plan& plan, const Traffic& traffic, const Hook& hook,
                           Family family);

/// What the names of all our chains begin with.
inline constexpr std::string_view kChainPrefix = "LATESYN-";

/// The chain that `firewall_rules` makes: "LATESYN-9293".
std::string chain_name(const Hook& hook);

}  // namespace latesyn
