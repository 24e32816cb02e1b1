#pragma once
// A segment of our own, said as a value and built into a packet. Only for packets that we
// originate: what we pass on is edited in place.

#include "proxy/packet/packet.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

struct SegmentSpec {
  Endpoint from, to;  // both of one family
  Seq seq, ack;
  Flags flags;
  std::uint16_t window = 64240;
  std::optional<Timestamps> timestamps = std::nullopt;
  SynOptions syn_options = {};     // for a SYN only
  std::uint32_t payload_size = 0;  // zero bytes; at most 1,400
};

/// The packet, with both checksums right and 64 hops to go.
Packet build(const SegmentSpec& spec);

}  // namespace latesyn
