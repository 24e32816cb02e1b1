#pragma once
// What the kernel lets us do: packets are queued, sent raw and marked with CAP_NET_ADMIN and
// CAP_NET_RAW only.

namespace latesyn {

/// Throws std::runtime_error that names what is missing and how to get it.
void require_rights();

/// Lets the programs that we run (iptables) have our rights too, where they come from the file
/// (setcap) and not from being root.
void lend_rights();

}  // namespace latesyn
