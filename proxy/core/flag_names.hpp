#pragma once
// TCP's flags by name, in the words of iptables' --tcp-flags.

#include <optional>
#include <string>
#include <string_view>

#include "proxy/core/match.hpp"

namespace latesyn {

/// "SYN,ACK SYN": of these flags exactly those are set. One list alone, "SYN,ACK": of FIN, SYN, RST
/// and ACK exactly those. ALL and NONE stand for lists. Nothing where the text has another form.
std::optional<FlagMatch> parse_flag_match(std::string_view text);

/// "FIN,ACK", in the order of their bits; "NONE" for none.
std::string flag_names(std::uint8_t bits);

}  // namespace latesyn
