#pragma once
// One TCP 4-tuple, named from the client's side; both directions share it.

#include <array>
#include <string_view>

#include "proxy/values/address.hpp"

namespace latesyn {

/// The two ends. The client is who sent the first SYN; in the figures it is TCP Peer A.
enum class Side : std::uint8_t { client, server };

inline constexpr std::array<std::string_view, 2> kSideNames{"client", "server"};
constexpr std::string_view name(Side side) { return kSideNames[static_cast<std::size_t>(side)]; }
constexpr Side other(Side side) { return side == Side::client ? Side::server : Side::client; }

struct FlowKey {
  Endpoint client, server;

  auto operator<=>(const FlowKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const FlowKey& f) {
    return H::combine(std::move(h), f.client, f.server);
  }
};

}  // namespace latesyn
