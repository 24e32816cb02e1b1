#pragma once
// One packet on its way out: where to, and what has to happen before it leaves.

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "impair/making/credit.hpp"
#include "proxy/packet/icmp.hpp"
#include "proxy/packet/packet.hpp"
#include "proxy/packet/tcp_view.hpp"
#include "proxy/values/flow.hpp"
#include "proxy/values/handshake_mode.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// What starts the count of a departure's `after`.
enum class Trigger : std::uint8_t {
  arrived,      // the packet's own arrival
  established,  // the connection's handshake is complete: the client's ACK of the SYN-ACK was seen
  closed,       // a FIN from each side, or a RST, has been seen
  released,     // somebody released it by hand
};
inline constexpr std::array<std::string_view, 4> kTriggerNames{"arrived", "established", "closed",
                                                               "released"};
constexpr std::string_view name(Trigger trigger) {
  return kTriggerNames[static_cast<std::size_t>(trigger)];
}

/// Where a departing packet comes from.
enum class Origin : std::uint8_t {
  original,     // the packet that arrived
  copy,         // one more of it
  forged,       // made by the proxy
  forged_copy,  // one more of what the proxy made: no end has sent that either
};
inline constexpr std::array<std::string_view, 4> kOriginNames{"original", "copy", "forged",
                                                              "forged-copy"};
constexpr std::string_view name(Origin origin) {
  return kOriginNames[static_cast<std::size_t>(origin)];
}
constexpr bool is_forged(Origin origin) {
  return origin == Origin::forged || origin == Origin::forged_copy;
}
constexpr bool is_copy(Origin origin) {
  return origin == Origin::copy || origin == Origin::forged_copy;
}
constexpr Origin copy_of(Origin origin) {
  return is_forged(origin) ? Origin::forged_copy : Origin::copy;
}

/// Who shakes hands for the connection that a SYN begins, where a rule says so.
struct HandshakeChoice {
  HandshakeMode mode = HandshakeMode::pass;
  Unreachable unreachable = Unreachable::host;
};

/// The numbers that a packet of ours was made with, before the policy moved them. Where it leaves
/// later, it is moved by as much as its connection has gone on since.
struct SegmentNumbers {
  Seq seq, ack;
  std::optional<Timestamps> clock;
  /// It answers a segment: its numbers are those that its receiver knows. Else it speaks for the
  /// segment's sender, with the sender's own, which differ where latesyn has joined two halves.
  bool answers = false;
};

struct Departure {
  Packet packet;
  Side to = Side::server;
  Origin origin = Origin::original;
  bool changed = false;  // by an impairment: no longer what arrived
  /// An error about the segment, not the segment itself; rules behind its own leave it alone.
  std::optional<Unreachable> icmp = std::nullopt;
  Trigger once = Trigger::arrived;
  Duration after{};
  std::optional<HandshakeChoice> handshake = std::nullopt;
  std::optional<SegmentNumbers> numbers = std::nullopt;  // of a packet of ours that is no SYN
  Credit credit{};

  /// A segment that a rule has made or changed, so that it may be of another flow than its cause.
  bool is_made() const { return !icmp && (is_forged(origin) || changed); }
  bool leaves_at_once() const { return once == Trigger::arrived && after == Duration::zero(); }
};
/// None: the packet is dropped. Several: copies.
using Departures = std::vector<Departure>;

}  // namespace latesyn
