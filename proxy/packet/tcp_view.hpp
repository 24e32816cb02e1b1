#pragma once
// A read-only look at a TCP segment inside an IPv4 or IPv6 packet. It is checked once, at its
// making, and cannot fail afterwards; it never owns, throws or allocates.

#include <optional>
#include <string_view>
#include <variant>

#include "proxy/packet/packet.hpp"
#include "proxy/values/flow.hpp"
#include "proxy/values/seq.hpp"

namespace latesyn {

/// Why some bytes are not a TCP segment that we can read.
enum class Defect : std::uint8_t {
  not_tcp,
  fragment,         // any fragment of a larger packet, the first one too
  truncated,        // shorter than its headers say
  bad_ip_header,    // a version or header length that does not exist
  bad_data_offset,  // TCP's header length below 5 words, or beyond the packet
  bad_options,      // a TCP option that lies about its length
};
inline constexpr std::size_t kDefects = 6;
std::string_view name(Defect defect);

/// The control bits (RFC 9293 section 3.1). Figures show FIN, SYN, RST and ACK.
struct Flags {
  bool fin = false, syn = false, rst = false, psh = false, ack = false, urg = false, ece = false,
       cwr = false;
  bool operator==(const Flags&) const = default;

  static Flags from_bits(std::uint8_t bits);
  std::uint8_t bits() const;
  /// "SYN,ACK" in the order of the RFC's figures; empty for none. PSH, URG, ECE and CWR are left
  /// out.
  std::string text() const;
};

/// The timestamps option (RFC 7323 section 3).
struct Timestamps {
  std::uint32_t value = 0, echo = 0;
  bool operator==(const Timestamps&) const = default;
};

/// What the options of a SYN offer (RFC 9293 section 3.7.1, RFC 7323, RFC 2018); the timestamps
/// stand apart.
struct SynOptions {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;  // at most 14
  bool sack_permitted = false;
  bool operator==(const SynOptions&) const = default;
};

/// Kinds of TCP options, as IANA numbers them.
namespace option {
inline constexpr std::uint8_t kEnd = 0, kNoOperation = 1, kMss = 2, kWindowScale = 3,
                              kSackPermitted = 4, kSack = 5, kTimestamps = 8, kMd5 = 19, kAo = 29,
                              kMptcp = 30, kFastOpen = 34, kExperiment1 = 253, kExperiment2 = 254;
}  // namespace option

class TcpView {
 public:
  /// `ip_packet` may be cut off behind the TCP header (a short copy from the queue): the lengths
  /// are those that the IP header states.
  static std::variant<TcpView, Defect> over(Bytes ip_packet);

  Endpoint from() const { return {address(from_at_), wire_port(0)}; }
  Endpoint to() const { return {address(from_at_ + address_size_), wire_port(2)}; }
  Seq seq() const;
  Seq ack() const;
  Flags flags() const;
  /// As on the wire, not scaled.
  std::uint16_t window() const;
  std::optional<Timestamps> timestamps() const;
  SynOptions syn_options() const;
  /// The value of the first option of `kind`, where it lies in the packet; without data() where
  /// there is none.
  Bytes option_value(std::uint8_t kind) const;
  /// Bytes of user data on the wire, whatever was copied of them.
  std::uint32_t payload_size() const;
  /// What the segment takes of the sequence space: payload, SYN and FIN (RFC 9293 section 3.4).
  std::uint32_t sequence_size() const;

  Family family() const { return address_size_ == 4 ? Family::v4 : Family::v6; }
  /// TTL or hop limit.
  std::uint8_t hop_limit() const;
  /// The six bits of DSCP (RFC 2474) and the two of ECN (RFC 3168 section 5).
  std::uint8_t traffic_class() const;
  /// The bytes of the whole IP packet, by its header.
  std::size_t total_size() const { return total_size_; }
  /// True where `ip_packet` holds the whole packet.
  bool complete() const { return bytes_.size() >= total_size_; }
  /// Where the TCP header starts, and where the payload does.
  std::size_t tcp_at() const { return tcp_at_; }
  std::size_t payload_at() const { return payload_at_; }

 private:
  TcpView() = default;
  IpAddress address(std::size_t at) const {
    return IpAddress::from_bytes(bytes_.subspan(at, address_size_));
  }
  std::uint16_t wire_port(std::size_t at) const;

  Bytes bytes_;
  std::size_t address_size_ = 4, from_at_ = 12;
  std::size_t total_size_ = 0, tcp_at_ = 0, payload_at_ = 0;
};

}  // namespace latesyn
