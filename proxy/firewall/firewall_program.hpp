#pragma once
// iptables and its IPv6 twin as two functions: what rules are there, and change them; in either of
// the two ways that iptables has to the kernel, which know nothing of each other's rules.

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/values/address.hpp"

namespace latesyn {

/// The tables that chains of ours may stand in.
inline constexpr std::array<std::string_view, 3> kOwnTables{"raw", "mangle", "filter"};

/// What stands between a program's name and what it does: "-nft" or "-legacy", or nothing for the
/// one that is set up on this machine.
using BackEnd = std::string_view;
inline constexpr BackEnd kUsual = "";

/// The usual one, and the other where it is installed and may have rules here.
std::vector<BackEnd> back_ends(Family family);

/// Tables of the older back end that the kernel has in the calling thread's network namespace. To
/// ask that back end for another makes the kernel load it.
std::set<std::string> legacy_tables(Family family);

/// Throws std::runtime_error where the older back end, if it is the other one, may have rules that
/// the caller can't see: then back_ends() leaves it out.
void require_sight_of_rules(Family family);

/// Those tables as iptables-save writes them. Throws std::runtime_error that names the program, its
/// own error and the mend: not installed, no rights.
std::string save_rules(Family family, BackEnd back_end = kUsual);

/// Gives `text` to iptables-restore, which takes all of it or nothing. Throws as save_rules.
void restore_rules(Family family, std::string_view text, BackEnd back_end = kUsual);

}  // namespace latesyn
