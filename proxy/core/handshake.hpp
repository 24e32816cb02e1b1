#pragma once
// How latesyn shakes hands with both ends: every transition is a row of kHandshake, and nowhere
// else. docs/states.md is drawn from the same rows.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latesyn {

/// Who shakes hands with whom.
enum class HandshakeMode : std::uint8_t {
  pass,          // the ends do, through us
  server_first,  // we ask the server, and answer the client what the server answered
  client_first,  // we answer the client, and then ask the server
  refuse,        // we answer the client with a RST, as a closed port does
  unreachable,   // we answer the client with an ICMP error
  silent,        // we answer nothing
};
inline constexpr std::array<std::string_view, 6> kHandshakeModeNames{
    "pass", "server-first", "client-first", "refuse", "unreachable", "silent"};
constexpr std::string_view name(HandshakeMode mode) {
  return kHandshakeModeNames[static_cast<std::size_t>(mode)];
}

/// How far the two handshakes of one connection have come.
enum class Stage : std::uint8_t {
  idle,       // nothing yet
  asking,     // our SYN is on its way to the server
  answering,  // our SYN-ACK is on its way to the client
  joined,     // both are done: from here on segments are passed, their numbers shifted
  closed,     // one end refused, reset or never answered
};
inline constexpr std::array<std::string_view, 5> kStageNames{"idle", "asking", "answering",
                                                             "joined", "closed"};
constexpr std::string_view name(Stage stage) {
  return kStageNames[static_cast<std::size_t>(stage)];
}

/// What happened.
enum class Saw : std::uint8_t {
  client_syn,
  client_ack,  // of our SYN-ACK, with or without data
  client_rst,
  server_syn_ack,
  server_rst,
  timeout,   // our last message was not answered in time
  given_up,  // nor were all that followed it
};
inline constexpr std::array<std::string_view, 7> kSawNames{
    "client's SYN", "client's ACK", "client's RST", "server's SYN-ACK",
    "server's RST", "timeout",      "given up"};
constexpr std::string_view name(Saw saw) { return kSawNames[static_cast<std::size_t>(saw)]; }

/// What we say to one end.
enum class Say : std::uint8_t {
  nothing,
  syn,      // the client's, to the server
  syn_ack,  // the server's, or our own with window 0, to the client
  ack,      // of the SYN-ACK, to the server; or, to the client, with the server's window
  rst,
  icmp,  // destination unreachable
};
inline constexpr std::array<std::string_view, 6> kSayNames{"nothing", "SYN", "SYN-ACK",
                                                           "ACK",     "RST", "ICMP"};
constexpr std::string_view name(Say say) { return kSayNames[static_cast<std::size_t>(say)]; }

struct HandshakeRow {
  HandshakeMode mode;
  Stage when;
  Saw saw;
  Stage then;
  Say to_client = Say::nothing, to_server = Say::nothing;
};

namespace handshake_rows {
using enum HandshakeMode;
using enum Stage;
using enum Saw;

inline constexpr std::array kHandshake{
    // The client's SYN is ours to answer only when the server has: a refused port stays refused.
    HandshakeRow{server_first, idle, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{server_first, asking, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{server_first, asking, server_syn_ack, answering, Say::syn_ack, Say::ack},
    HandshakeRow{server_first, asking, server_rst, Stage::closed, Say::rst},
    HandshakeRow{server_first, asking, client_rst, Stage::closed, Say::nothing, Say::rst},
    // A dead server stays a timeout, and the pace of the SYNs the client's own: no timer here.
    HandshakeRow{server_first, answering, client_syn, answering, Say::syn_ack},
    HandshakeRow{server_first, answering, timeout, answering, Say::syn_ack},
    HandshakeRow{server_first, answering, server_syn_ack, answering, Say::nothing, Say::ack},
    HandshakeRow{server_first, answering, client_ack, joined},
    HandshakeRow{server_first, answering, client_rst, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{server_first, answering, server_rst, Stage::closed, Say::rst},
    HandshakeRow{server_first, answering, given_up, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{server_first, joined, server_syn_ack, joined, Say::nothing, Say::ack},
    HandshakeRow{server_first, Stage::closed, client_ack, Stage::closed, Say::rst},
    HandshakeRow{server_first, Stage::closed, server_syn_ack, Stage::closed, Say::nothing,
                 Say::rst},

    // Window 0 keeps the client's data with the client until the server can take it.
    HandshakeRow{client_first, idle, client_syn, answering, Say::syn_ack},
    HandshakeRow{client_first, answering, client_syn, answering, Say::syn_ack},
    HandshakeRow{client_first, answering, timeout, answering, Say::syn_ack},
    HandshakeRow{client_first, answering, client_ack, asking, Say::nothing, Say::syn},
    HandshakeRow{client_first, answering, client_rst, Stage::closed},
    HandshakeRow{client_first, answering, given_up, Stage::closed},
    HandshakeRow{client_first, asking, timeout, asking, Say::nothing, Say::syn},
    HandshakeRow{client_first, asking, server_syn_ack, joined, Say::ack, Say::ack},
    HandshakeRow{client_first, asking, server_rst, Stage::closed, Say::rst},
    HandshakeRow{client_first, asking, client_rst, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{client_first, asking, given_up, Stage::closed, Say::rst},
    HandshakeRow{client_first, joined, server_syn_ack, joined, Say::nothing, Say::ack},
    HandshakeRow{client_first, Stage::closed, client_ack, Stage::closed, Say::rst},
    HandshakeRow{client_first, Stage::closed, server_syn_ack, Stage::closed, Say::nothing,
                 Say::rst},

    HandshakeRow{refuse, idle, client_syn, Stage::closed, Say::rst},
    HandshakeRow{unreachable, idle, client_syn, Stage::closed, Say::icmp},
    HandshakeRow{silent, idle, client_syn, Stage::closed},
    HandshakeRow{refuse, Stage::closed, client_syn, Stage::closed, Say::rst},
    HandshakeRow{unreachable, Stage::closed, client_syn, Stage::closed, Say::icmp},
    HandshakeRow{silent, Stage::closed, client_syn, Stage::closed},
};
}  // namespace handshake_rows
using handshake_rows::kHandshake;

/// The row for a mode, a stage and an event; none: the pair is no part of a handshake, and changes
/// nothing.
constexpr std::optional<HandshakeRow> step(HandshakeMode mode, Stage when, Saw saw) {
  for (const HandshakeRow& row : kHandshake) {
    if (row.mode == mode && row.when == when && row.saw == saw) return row;
  }
  return std::nullopt;
}

}  // namespace latesyn
