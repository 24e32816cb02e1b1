#pragma once
// Kernel settings of one network namespace.

#include <map>
#include <string>

#include "proxy/process/namespace.hpp"

namespace latesyn {

/// Writes settings ("net.ipv4.tcp_rfc1337" = "1") inside a namespace. Throws std::runtime_error
/// that names the setting and what is wrong with it, also for one that is not of the network: it
/// would change the machine.
void set_sysctls(const Namespace& there, const std::map<std::string, std::string>& settings);

}  // namespace latesyn
