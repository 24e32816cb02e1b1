#pragma once
// Who shakes hands with whom.

#include <array>
#include <cstdint>
#include <string_view>

namespace latesyn {

enum class HandshakeMode : std::uint8_t {
  pass,          // the ends do, through us
  server_first,  // we ask the server, and answer the client what the server answered
  client_first,  // we answer the client, and then ask the server
  split,         // as server-first, with the SYN-ACK as two messages: an ACK, then a SYN
  simultaneous,  // as server-first, but the SYN of the server crosses the client's
  two_way,       // we confirm a late SYN's SYN-ACK in the client's place
  refuse,        // we answer the client with a RST, as a closed port does
  unreachable,   // we answer the client with an ICMP error
  silent,        // we answer nothing
};
inline constexpr std::array<std::string_view, 9> kHandshakeModeNames{
    "pass",    "server-first", "client-first", "split", "simultaneous",
    "two-way", "refuse",       "unreachable",  "silent"};
constexpr std::string_view name(HandshakeMode mode) {
  return kHandshakeModeNames[static_cast<std::size_t>(mode)];
}

/// True where we answer the client with the server's numbers, or with ours in their place.
constexpr bool answers_client(HandshakeMode mode) {
  return mode == HandshakeMode::server_first || mode == HandshakeMode::client_first ||
         mode == HandshakeMode::split || mode == HandshakeMode::simultaneous;
}
/// True where we stand between the ends from the first SYN on, or in the server's place.
constexpr bool relays(HandshakeMode mode) {
  return mode != HandshakeMode::pass && mode != HandshakeMode::two_way;
}
/// True where we ask the server before we answer the client, and can choose both ISNs.
constexpr bool asks_server_first(HandshakeMode mode) {
  return answers_client(mode) && mode != HandshakeMode::client_first;
}

}  // namespace latesyn
