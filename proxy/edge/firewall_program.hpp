#pragma once
// iptables and its IPv6 twin as two functions: what rules are there, and change them.

#include <array>
#include <string>
#include <string_view>

#include "proxy/values/address.hpp"

namespace latesyn {

/// The tables that chains of ours may stand in.
inline constexpr std::array<std::string_view, 3> kOwnTables{"raw", "mangle", "filter"};

/// Those tables as iptables-save writes them. Throws std::runtime_error that names the program, its
/// own error and the mend: not installed, no rights.
std::string save_rules(Family family);

/// Gives `text` to iptables-restore, which takes all of it or nothing. Throws as save_rules.
void restore_rules(Family family, std::string_view text);

}  // namespace latesyn
