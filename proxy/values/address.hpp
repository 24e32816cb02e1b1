#pragma once
// IPv4 and IPv6 addresses, ports and ranges of them, as plain values that know no socket.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace latesyn {

enum class Family : std::uint8_t { v4, v6 };

/// One address of either family, in network byte order.
class IpAddress {
 public:
  /// 0.0.0.0
  constexpr IpAddress() = default;
  /// From 4 or 16 bytes in network order; other sizes are a programming error.
  static IpAddress from_bytes(std::span<const std::byte> bytes);
  /// "10.0.0.1" or "fd00::1"; nothing for anything else (no zone, no brackets).
  static std::optional<IpAddress> parse(std::string_view text);

  Family family() const { return family_; }
  /// The 4 or 16 bytes in network order.
  std::span<const std::byte> bytes() const {
    return std::span(bytes_).first(family_ == Family::v4 ? 4U : 16U);
  }
  /// The shortest text form (RFC 5952 for IPv6).
  std::string text() const;

  auto operator<=>(const IpAddress&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const IpAddress& a) {
    return H::combine(std::move(h), a.family_, a.bytes_);
  }

 private:
  Family family_ = Family::v4;
  std::array<std::byte, 16> bytes_{};
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// "10.0.0.1:80" or "[fd00::1]:80".
  std::string text() const;
  auto operator<=>(const Endpoint&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Endpoint& e) {
    return H::combine(std::move(h), e.address, e.port);
  }
};

/// A block of addresses: the first `length` bits count.
struct Prefix {
  IpAddress address;
  std::uint8_t length = 0;

  bool contains(const IpAddress& other) const;
  bool operator==(const Prefix&) const = default;
};

/// Ports from `first` to `last`, both included.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;

  bool contains(std::uint16_t port) const { return first <= port && port <= last; }
  bool operator==(const PortRange&) const = default;
};

/// Some endpoints: a block of addresses and a range of ports.
struct EndpointRange {
  Prefix prefix;
  PortRange ports;

  /// "10.0.0.1", "10.0.0.0/8:80", "10.0.0.1:8000-8099", "[fd00::]/64:443", "fd00::1" …
  /// Without a port: all ports. Nothing where the text has another form, or bits beyond the length.
  static std::optional<EndpointRange> parse(std::string_view text);
  /// The form that `parse` reads.
  std::string text() const;
  bool contains(const Endpoint& e) const {
    return ports.contains(e.port) && prefix.contains(e.address);
  }
  bool operator==(const EndpointRange&) const = default;
};

/// Where `text` is an IPv6 address, and may as well be meant for one with a port behind it: how
/// that is written. "[fd00::2]:80" for "fd00::2:80".
std::optional<std::string> as_address_and_port(std::string_view text);

}  // namespace latesyn
