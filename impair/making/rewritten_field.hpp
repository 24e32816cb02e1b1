#pragma once
// The numbers in a packet's headers that `rewrite` can change, each with how it is put there.

#include <array>

#include "impair/making/parameter.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {

struct RewrittenField {
  Parameter parameter;
  /// The value is within the parameter's bounds.
  void (*put)(TcpEdit& edit, std::int64_t value);
};

inline constexpr std::int64_t kWord = 0xffff'ffff, kHalfWord = 0xffff;
/// An offset is added modulo 2^32, so that one below zero goes back.
constexpr std::uint32_t offset(std::int64_t value) { return static_cast<std::uint32_t>(value); }

/// In the order that they are put in: an offset is added to a number that was set before.
inline constexpr std::array kRewrittenFields{
    RewrittenField{optional_number("seq", 0, kWord, "SEQ, as on the wire"),
                   [](TcpEdit& e, std::int64_t v) { e.set_seq(Seq{offset(v)}); }},
    RewrittenField{optional_offset("seq_by", "added to SEQ; of a SYN, to its ISN"),
                   [](TcpEdit& e, std::int64_t v) { e.shift_seq(offset(v)); }},
    RewrittenField{optional_number("ack", 0, kWord, "ACK, as on the wire"),
                   [](TcpEdit& e, std::int64_t v) { e.set_ack(Seq{offset(v)}); }},
    RewrittenField{optional_offset("ack_by", "added to ACK, and to SACK blocks"),
                   [](TcpEdit& e, std::int64_t v) { e.shift_ack(offset(v)); }},
    RewrittenField{optional_number("window", 0, kHalfWord, "the window field, not scaled"),
                   [](TcpEdit& e, std::int64_t v) { e.set_window(static_cast<std::uint16_t>(v)); }},
    RewrittenField{optional_number("mss", 0, kHalfWord, "the MSS that a SYN offers"),
                   [](TcpEdit& e, std::int64_t v) { e.set_mss(static_cast<std::uint16_t>(v)); }},
    RewrittenField{
        optional_number("window_scale", 0, 255, "the shift count that a SYN offers"),
        [](TcpEdit& e, std::int64_t v) { e.set_window_scale(static_cast<std::uint8_t>(v)); }},
    RewrittenField{optional_offset("timestamp_by", "added to the timestamp's value"),
                   [](TcpEdit& e, std::int64_t v) { e.shift_timestamps(offset(v), 0); }},
    RewrittenField{optional_offset("echo_by", "added to the timestamp's echo, beside an ACK"),
                   [](TcpEdit& e, std::int64_t v) { e.shift_timestamps(0, offset(v)); }},
    RewrittenField{
        optional_number("ttl", 1, 255, "TTL or hop limit, before the hop that it takes here"),
        [](TcpEdit& e, std::int64_t v) { e.set_hop_limit(static_cast<std::uint8_t>(v)); }},
    RewrittenField{optional_number("dscp", 0, 63, "the DSCP of IP"),
                   [](TcpEdit& e, std::int64_t v) { e.set_dscp(static_cast<std::uint8_t>(v)); }},
    RewrittenField{optional_number("ecn", 0, 3, "ECN of IP: 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE"),
                   [](TcpEdit& e, std::int64_t v) { e.set_ecn(static_cast<std::uint8_t>(v)); }},
};

}  // namespace latesyn
