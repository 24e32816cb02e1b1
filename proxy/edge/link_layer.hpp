#pragma once
// What stands in front of the IP header in a capture, by the link types of tcpdump.org.

#include "proxy/values/packet.hpp"

namespace latesyn {

/// True for Ethernet, Linux cooked captures (versions 1 and 2) and raw IP; `link` as pcap_datalink
/// returns it.
bool is_known_link(int link);

/// The frame's packet, from its IP header; empty where it holds none.
Bytes ip_packet(int link, Bytes frame);

}  // namespace latesyn
