#pragma once
// The counters of one host's kernel, as nstat names them.

#include <map>
#include <string>

#include "proxy/process/namespace.hpp"

namespace latesyn {

/// From /proc/net/snmp, netstat and snmp6: "TcpEstabResets", "TcpExtTCPSYNChallenge",
/// "Icmp6InDestUnreachs". Those of Tcp and TcpExt also without that in front.
using KernelCounters = std::map<std::string, std::int64_t>;
KernelCounters read_counters(const Namespace& host);

/// How far each went up.
KernelCounters difference(const KernelCounters& before, KernelCounters after);

}  // namespace latesyn
