#pragma once
// TCP's flags by name, in the words of iptables' --tcp-flags.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latesyn {

/// The bits of a list: "SYN,ECE"; ALL (the six of RFC 9293, without ECE and CWR) and NONE stand for
/// lists. Nothing where the text has another form.
std::optional<std::uint8_t> parse_flags(std::string_view list);

/// "FIN,ACK", in the order of their bits; "NONE" for none.
std::string flag_names(std::uint8_t bits);

}  // namespace latesyn
