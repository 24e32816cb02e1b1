#pragma once
// iptables and its IPv6 twin as two functions: what rules are there, and change them.

#include <string>
#include <string_view>

#include "proxy/values/address.hpp"

namespace latesyn {

/// The raw table as iptables-save writes it. Throws std::runtime_error that names the program, its
/// own error and the mend: not installed, no rights.
std::string save_rules(Family family);

/// Gives `text` to iptables-restore, which takes all of it or nothing. Throws as save_rules.
void restore_rules(Family family, std::string_view text);

}  // namespace latesyn
