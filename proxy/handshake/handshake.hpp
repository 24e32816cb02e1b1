#pragma once
// How latesyn shakes hands with both ends: every transition is a row of kHandshake, and nowhere
// else. docs/states.md is drawn from the same rows.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/values/handshake_mode.hpp"

namespace latesyn {

/// How far the two handshakes of one connection have come.
enum class Stage : std::uint8_t {
  idle,       // nothing yet
  asking,     // our SYN is on its way to the server
  answering,  // our SYN-ACK is on its way to the client
  crossing,   // a SYN of ours is, and meets the client's
  joined,     // both are done: from here on segments are passed, their numbers shifted
  closed,     // one end refused, reset or never answered
};
inline constexpr std::array<std::string_view, 6> kStageNames{"idle",     "asking", "answering",
                                                             "crossing", "joined", "closed"};
constexpr std::string_view name(Stage stage) {
  return kStageNames[static_cast<std::size_t>(stage)];
}

/// What happened.
enum class Saw : std::uint8_t {
  client_syn,
  client_ack,      // of our SYN-ACK, with or without data
  client_syn_ack,  // of a SYN that has crossed its own
  client_rst,
  server_syn_ack,
  server_syn,  // it opens too (RFC 9293 figure 7)
  server_ack,  // of another connection than the one that we ask for (figure 9)
  server_rst,
  timeout,   // our last message was not answered in time
  given_up,  // nor were all that followed it
};
inline constexpr std::array<std::string_view, 10> kSawNames{
    "client's SYN", "client's ACK", "client's SYN-ACK", "client's RST", "server's SYN-ACK",
    "server's SYN", "server's ACK", "server's RST",     "timeout",      "given up"};
constexpr std::string_view name(Saw saw) { return kSawNames[static_cast<std::size_t>(saw)]; }

/// What we say to one end.
enum class Say : std::uint8_t {
  nothing,
  syn,          // the client's, to the server; the server's, to the client
  syn_ack,      // the server's, or our own with window 0, to the client
  ack,          // of the SYN-ACK, to the server; or, to the client, with the server's window
  ack_and_syn,  // the SYN-ACK as two messages
  rst,
  rst_and_syn,  // to the server, which has an old connection and is asked for a new one
  icmp,         // destination unreachable
};
inline constexpr std::array<std::string_view, 8> kSayNames{
    "nothing", "SYN", "SYN-ACK", "ACK", "ACK and SYN", "RST", "RST and SYN", "ICMP"};
constexpr std::string_view name(Say say) { return kSayNames[static_cast<std::size_t>(say)]; }

struct HandshakeRow {
  HandshakeMode mode;
  Stage when;
  Saw saw;
  Stage then;
  Say to_client = Say::nothing, to_server = Say::nothing;
  /// The segment itself goes on to the other end.
  bool goes_on = false;
};

namespace handshake_rows {
using enum HandshakeMode;
using enum Stage;
using enum Saw;

inline constexpr std::array kHandshake{
    // The client's SYN is ours to answer only when the server has: a refused port stays refused.
    // A server that still has an old connection says so, and the client resets that itself.
    HandshakeRow{server_first, idle, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{server_first, asking, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{server_first, asking, server_syn_ack, answering, Say::syn_ack, Say::ack},
    HandshakeRow{server_first, asking, server_rst, Stage::closed, Say::rst},
    HandshakeRow{server_first, asking, server_ack, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{server_first, asking, client_rst, asking, Say::nothing, Say::nothing, true},
    // A dead server stays a timeout, and the pace of the SYNs the client's own: no timer here.
    HandshakeRow{server_first, answering, client_syn, answering, Say::syn_ack},
    HandshakeRow{server_first, answering, timeout, answering, Say::syn_ack},
    HandshakeRow{server_first, answering, server_syn_ack, answering, Say::nothing, Say::ack},
    HandshakeRow{server_first, answering, client_ack, joined, Say::nothing, Say::nothing, true},
    HandshakeRow{server_first, answering, client_rst, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{server_first, answering, server_rst, Stage::closed, Say::rst},
    HandshakeRow{server_first, answering, given_up, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{server_first, joined, server_syn_ack, joined, Say::nothing, Say::ack},
    HandshakeRow{server_first, Stage::closed, server_ack, Stage::closed, Say::nothing, Say::rst},
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
    HandshakeRow{client_first, asking, server_ack, asking, Say::nothing, Say::rst_and_syn},
    HandshakeRow{client_first, asking, server_rst, Stage::closed, Say::rst},
    HandshakeRow{client_first, asking, client_rst, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{client_first, asking, given_up, Stage::closed, Say::rst},
    HandshakeRow{client_first, joined, server_syn_ack, joined, Say::nothing, Say::ack},
    HandshakeRow{client_first, Stage::closed, server_ack, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{client_first, Stage::closed, client_ack, Stage::closed, Say::rst},
    HandshakeRow{client_first, Stage::closed, server_syn_ack, Stage::closed, Say::nothing,
                 Say::rst},

    // A client that knows RFC 9293 section 3.5 answers the SYN with a SYN-ACK (figure 7).
    HandshakeRow{split, idle, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{split, asking, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{split, asking, server_syn_ack, crossing, Say::ack_and_syn, Say::ack},
    HandshakeRow{split, asking, server_rst, Stage::closed, Say::rst},
    HandshakeRow{split, asking, server_ack, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{split, asking, client_rst, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{split, crossing, client_syn, crossing, Say::ack_and_syn},
    HandshakeRow{split, crossing, timeout, crossing, Say::ack_and_syn},
    HandshakeRow{split, crossing, server_syn_ack, crossing, Say::nothing, Say::ack},
    HandshakeRow{split, crossing, client_syn_ack, joined, Say::ack},
    HandshakeRow{split, crossing, client_ack, joined, Say::nothing, Say::nothing, true},
    HandshakeRow{split, crossing, client_rst, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{split, crossing, server_rst, Stage::closed, Say::rst},
    HandshakeRow{split, crossing, given_up, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{split, joined, client_syn_ack, joined, Say::ack},
    HandshakeRow{split, joined, server_syn_ack, joined, Say::nothing, Say::ack},
    HandshakeRow{split, Stage::closed, server_ack, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{split, Stage::closed, client_ack, Stage::closed, Say::rst},
    HandshakeRow{split, Stage::closed, client_syn_ack, Stage::closed, Say::rst},
    HandshakeRow{split, Stage::closed, server_syn_ack, Stage::closed, Say::nothing, Say::rst},

    // A server that listens is asked first; one that opens too has its own SYN and SYN-ACK.
    HandshakeRow{simultaneous, idle, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{simultaneous, asking, client_syn, asking, Say::nothing, Say::syn},
    HandshakeRow{simultaneous, asking, server_syn, joined, Say::nothing, Say::nothing, true},
    HandshakeRow{simultaneous, asking, server_syn_ack, crossing, Say::syn, Say::ack},
    HandshakeRow{simultaneous, asking, server_rst, Stage::closed, Say::rst},
    HandshakeRow{simultaneous, asking, server_ack, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{simultaneous, asking, client_rst, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{simultaneous, crossing, client_syn, crossing, Say::syn},
    HandshakeRow{simultaneous, crossing, timeout, crossing, Say::syn},
    HandshakeRow{simultaneous, crossing, server_syn_ack, crossing, Say::nothing, Say::ack},
    HandshakeRow{simultaneous, crossing, client_syn_ack, joined, Say::syn_ack},
    HandshakeRow{simultaneous, crossing, client_ack, joined, Say::nothing, Say::nothing, true},
    HandshakeRow{simultaneous, crossing, client_rst, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{simultaneous, crossing, server_rst, Stage::closed, Say::rst},
    HandshakeRow{simultaneous, crossing, given_up, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{simultaneous, Stage::closed, server_ack, Stage::closed, Say::nothing, Say::rst},
    HandshakeRow{simultaneous, Stage::closed, client_ack, Stage::closed, Say::rst},
    HandshakeRow{simultaneous, Stage::closed, client_syn_ack, Stage::closed, Say::rst},
    HandshakeRow{simultaneous, Stage::closed, server_syn_ack, Stage::closed, Say::nothing,
                 Say::rst},

    // What the client says to the SYN-ACK never reaches the server; what it says later does.
    HandshakeRow{two_way, idle, client_syn, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{two_way, asking, client_syn, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{two_way, asking, server_syn_ack, answering, Say::nothing, Say::ack, true},
    HandshakeRow{two_way, asking, server_rst, Stage::closed, Say::nothing, Say::nothing, true},
    HandshakeRow{two_way, answering, server_syn_ack, answering, Say::nothing, Say::ack},
    HandshakeRow{two_way, answering, client_ack, joined},
    HandshakeRow{two_way, answering, client_rst, joined},
    HandshakeRow{two_way, answering, client_syn, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{two_way, joined, client_syn, asking, Say::nothing, Say::nothing, true},
    HandshakeRow{two_way, Stage::closed, client_syn, asking, Say::nothing, Say::nothing, true},

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
