#pragma once
// Changes to a packet that we pass on, in place. What is not named here is not touched. TCP's
// checksum follows each change (RFC 1624): one that was right stays right, and one that was wrong
// stays wrong, so that what was damaged on its way is never made to look whole.

#include "proxy/packet/packet.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

/// Takes the user data behind the first `keep` bytes off a segment; lengths and checksums follow. A
/// segment with a wrong checksum keeps a wrong one.
void cut_payload(Packet& packet, std::uint32_t keep = 0);

class TcpEdit {
 public:
  /// `packet` must be complete, and the same bytes that a TcpView was made over.
  static TcpEdit over(MutableBytes packet);

  /// As a router does (RFC 1812 section 5.3.1); IPv4's header checksum follows. False, and no
  /// change, where the packet has no hop left.
  [[nodiscard]] bool take_hop();
  /// Adds to the sequence number, modulo 2^32.
  void shift_seq(std::uint32_t by);
  /// Adds to the acknowledgment number and to the edges of all SACK blocks (RFC 2018).
  void shift_ack(std::uint32_t by);
  /// Adds to the timestamp's value and to its echo, where the segment has one (RFC 7323).
  void shift_timestamps(std::uint32_t value_by, std::uint32_t echo_by);
  void set_seq(Seq seq);
  void set_ack(Seq ack);
  void set_window(std::uint16_t window);
  /// Sets the flags in `set`, then clears those in `clear`; bits as in Flags.
  void change_flags(std::uint8_t set, std::uint8_t clear);
  /// What a SYN offers, where it has the option; others stay as they are.
  void set_mss(std::uint16_t mss);
  void set_window_scale(std::uint8_t shift);
  /// TTL or hop limit, the six bits of DSCP, the two bits of ECN; IPv4's checksum follows.
  void set_hop_limit(std::uint8_t hops);
  void set_dscp(std::uint8_t dscp);
  void set_ecn(std::uint8_t ecn);
  /// Turns the first option of `kind` into no-operations; true where there was one.
  bool blank_option(std::uint8_t kind);

  /// Flips one bit of the user data, counted from its first byte's lowest.
  void flip_data_bit(std::size_t bit);

  /// Computes TCP's checksum afresh, for a packet of our own, or one whose sender left that to its
  /// network card: only there nothing can be told from the one that it has.
  void complete_checksum();
  /// Makes the checksum wrong, for a receiver that must not take the segment.
  void spoil_checksum();

 private:
  TcpEdit(MutableBytes packet, const TcpView& view) : packet_(packet), view_(view) {}
  void add(std::size_t at, std::uint32_t by);
  void put(std::size_t at, Bytes bytes);
  void put8(std::size_t at, std::uint8_t value);
  void put16(std::size_t at, std::uint16_t value);
  void put32(std::size_t at, std::uint32_t value);
  std::uint16_t word_at(std::size_t at) const;
  void put_traffic_class(unsigned value);
  std::size_t offset_of(Bytes part) const;

  MutableBytes packet_;
  TcpView view_;
};

}  // namespace latesyn
