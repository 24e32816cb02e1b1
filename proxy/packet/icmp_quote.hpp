#pragma once
// The TCP segment that an ICMP or ICMPv6 error is about: such an error quotes its beginning
// (RFC 792, RFC 1812 section 4.3.2.3, RFC 4443 section 2.4), and who gets it looks there for
// numbers of its own.

#include <optional>

#include "proxy/packet/packet.hpp"
#include "proxy/values/flow.hpp"

namespace latesyn {

/// True where an IP packet is ICMP or ICMPv6, of whatever type. Extension headers are not followed.
bool is_icmp(Bytes packet);

class IcmpQuote {
 public:
  /// Nothing where `packet` is no ICMP error, or quotes no TCP segment up to its sequence number
  /// (8 bytes are the least that RFC 792 asks for).
  static std::optional<IcmpQuote> over(Bytes packet);

  /// The ends of the quoted segment, which is `from`'s; the error goes to that end.
  Endpoint from() const;
  Endpoint to() const;

  /// Adds to the quoted numbers, modulo 2^32, as far as they are quoted. The quoted checksum and
  /// the error's own follow. `packet` must be the bytes that this was made over.
  void shift(MutableBytes packet, std::uint32_t seq_by, std::uint32_t ack_by) const;

 private:
  IcmpQuote() = default;
  std::size_t ip_size() const { return v4_ ? 4 : 16; }
  void add(MutableBytes packet, std::size_t at, std::uint32_t by) const;

  Bytes bytes_;
  bool v4_ = true;
  std::size_t icmp_at_ = 0, quoted_from_at_ = 0, tcp_at_ = 0;
};

}  // namespace latesyn
