#pragma once
// The states of a TCP connection's end, in the words of RFC 9293 section 3.3.2.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latesyn {

/// Those of the RFC, and one for what is not known.
enum class SocketState : std::uint8_t {
  unknown,
  closed,
  listen,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
};
inline constexpr std::array<std::string_view, 12> kSocketStateNames{
    "?",          "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED",
    "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};

/// As the RFC's figures write it; "?" for unknown.
constexpr std::string_view name(SocketState state) {
  return kSocketStateNames[static_cast<std::size_t>(state)];
}
/// None for a word that is no state, and for "?".
constexpr std::optional<SocketState> socket_state(std::string_view text) {
  for (std::size_t i = 1; i < kSocketStateNames.size(); ++i) {
    if (kSocketStateNames[i] == text) return static_cast<SocketState>(i);
  }
  return std::nullopt;
}

}  // namespace latesyn
