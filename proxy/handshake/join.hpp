#pragma once
// The numbers by which two joined halves of a connection differ, and how a segment that crosses
// from one to the other is changed: SEQ, ACK, SACK blocks, timestamps and window.

#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {

/// Ours minus theirs: what the other end knows a number by, less what its sender does.
struct Join {
  std::uint32_t client_seq = 0;    // the client's numbers, as the server knows them
  std::uint32_t server_seq = 0;    // the server's numbers, as the client knows them
  std::uint32_t server_clock = 0;  // the server's timestamps, as the client knows them
  /// The window scales that each end uses, and those that the other end knows of.
  std::uint8_t client_scale = 0, client_scale_known = 0, server_scale = 0, server_scale_known = 0;

  bool operator==(const Join&) const = default;
  /// Nothing differs: segments cross as they are.
  bool same() const {
    return client_seq == 0 && server_seq == 0 && server_clock == 0 && same_scales();
  }
  /// Windows cross as they are.
  bool same_scales() const {
    return client_scale == client_scale_known && server_scale == server_scale_known;
  }
};

/// A window field, counted in units of 2^from, in units of 2^to.
std::uint16_t rescaled(std::uint16_t window, std::uint8_t from, std::uint8_t to);

/// Changes a segment that `from` sent, for the other end.
void cross(const Join& join, Side from, const TcpView& view, TcpEdit& edit);

/// The other way round, for a packet of ours that has the numbers that its receiver knows: to what
/// `from` would have sent, so that it can cross as all that `from` sends. The checksum follows.
void uncross(const Join& join, Side from, MutableBytes packet);

}  // namespace latesyn
