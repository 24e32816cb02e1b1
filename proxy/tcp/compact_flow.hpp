#pragma once
// A flow's key as it is kept a million times: 16 bytes for IPv4. IPv6 addresses, which are four
// times as long, stand apart.

#include <array>
#include <cstring>
#include <span>

#include "proxy/values/flow.hpp"

namespace latesyn {

class CompactFlow {
 public:
  explicit CompactFlow(const FlowKey& flow);
  ~CompactFlow();
  CompactFlow(const CompactFlow&) = delete;
  CompactFlow& operator=(const CompactFlow&) = delete;

  FlowKey key() const;
  /// True where these are its ends, in either order.
  bool joins(const Endpoint& a, const Endpoint& b) const {
    return (is_client(a) && is_server(b)) || (is_client(b) && is_server(a));
  }
  bool is_client(const Endpoint& end) const {
    return end.port == client_port_ && is(end.address, Side::client);
  }
  bool is_server(const Endpoint& end) const {
    return end.port == server_port_ && is(end.address, Side::server);
  }

 private:
  /// By side.
  using Short = std::array<std::array<std::byte, 4>, 2>;
  using Long = std::array<std::array<std::byte, 16>, 2>;
  std::span<const std::byte> address(Side side) const {
    const auto at = static_cast<std::size_t>(side);
    if (family_ == Family::v4) return v4_[at];
    return (*v6_)[at];
  }
  bool is(const IpAddress& other, Side side) const {
    const auto own = address(side);
    return other.family() == family_ &&
           std::memcmp(other.bytes().data(), own.data(), own.size()) == 0;
  }

  union {
    Short v4_;
    Long* v6_;
  };
  std::uint16_t client_port_, server_port_;
  Family family_;
};

/// The same for both orders of the two ends, and another one in each run.
std::uint32_t hash_of_ends(const Endpoint& a, const Endpoint& b);

}  // namespace latesyn
