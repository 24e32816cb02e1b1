#pragma once
// Makes captures with several interfaces of raw IP readable by libpcap.

#include "proxy/values/packet.hpp"

namespace latesyn {

/// libpcap 1.10 knows raw IP (link type 101) by another number inside, 12, and compares a second
/// interface's with that: so a pcapng file with two of them is refused. Gives such interfaces the
/// number 12, which is never changed. Other files stay as they are.
void mend_raw_links(MutableBytes file);

}  // namespace latesyn
