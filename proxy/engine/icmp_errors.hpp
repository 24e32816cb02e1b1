#pragma once
// ICMP errors about segments whose numbers we shifted: the end that they go to must find its own
// numbers in them, or it takes them for forged (RFC 5927), and path MTU discovery ends in a hole.

#include "proxy/engine/terms/action.hpp"
#include "proxy/engine/terms/incoming.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/intercept/stand.hpp"
#include "proxy/notes/counters.hpp"

namespace latesyn {

/// An error from somebody behind us.
Verdict cross_icmp(const Incoming& packet, const Stand& stand, FlowTable& flows, Counters& counters,
                   Actions& out);

/// As Engine::tell_sender.
void tell_sender(Packet error, FlowTable& flows, Actions& out);

}  // namespace latesyn
