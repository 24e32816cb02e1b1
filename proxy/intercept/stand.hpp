#pragma once
// Where on the way between client and server latesyn takes packets in, and what follows from that
// for all who handle them. Whoever would say "as we are a router" asks a Stand.

#include <array>
#include <span>
#include <string_view>

#include "proxy/packet/hop.hpp"

namespace latesyn {

/// One of the kernel's hooks, as iptables calls it, and which of the packets there (a match).
struct HookPoint {
  std::string_view chain;
  std::string_view which = {};
};

struct Stand {
  /// Where the traffic is taken in.
  std::span<const HookPoint> traffic;
  /// What this host itself sends passes here: our packets, and its own ICMP errors.
  HookPoint own;
  /// What comes to us is on its way to another host, so that the kernel must pass it on, and this
  /// host's own connections are not seen.
  bool forwards = false;
  /// The kernel takes a hop off each packet that it passes on behind us: so do we, off what we send
  /// in the place of one.
  bool takes_hop = false;
  /// The kernel's connection tracking sees both directions, so that it can shift numbers for us.
  bool can_splice = false;
  /// Packets may wait for their verdict: their senders do not know that they still do.
  bool can_park = false;

  /// Does to a packet what happens to each that passes here. False, and no change, where it goes no
  /// further. `packet` must start with a whole IPv4 or IPv6 header.
  [[nodiscard]] bool let_pass(MutableBytes packet) const { return !takes_hop || take_hop(packet); }
  /// Whether let_pass() is true of a packet with so many hops.
  bool lets_pass(std::uint8_t hop_limit) const { return !takes_hop || hop_limit > 1; }
};

inline constexpr std::array kAsItComes{HookPoint{"PREROUTING"}};

/// Between the two, a hop of its own.
inline constexpr Stand kRouter{.traffic = kAsItComes,
                               .own = {"OUTPUT"},
                               .forwards = true,
                               .takes_hop = true,
                               .can_splice = true,
                               .can_park = true};

}  // namespace latesyn
