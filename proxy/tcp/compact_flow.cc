#include "proxy/tcp/compact_flow.hpp"

#include <absl/hash/hash.h>

#include <algorithm>
#include <cstring>

namespace latesyn {

CompactFlow::CompactFlow(const FlowKey& flow)
    : client_port_(flow.client.port),
      server_port_(flow.server.port),
      family_(flow.client.address.family()) {
  const auto store = [&flow](auto& addresses) {
    std::ranges::copy(flow.client.address.bytes(), addresses[0].begin());
    std::ranges::copy(flow.server.address.bytes(), addresses[1].begin());
  };
  if (family_ == Family::v4) {
    v4_ = Short{};
    store(v4_);
  } else {
    v6_ = new Long{};
    store(*v6_);
  }
}

CompactFlow::~CompactFlow() {
  if (family_ == Family::v6) delete v6_;
}

FlowKey CompactFlow::key() const {
  return {{IpAddress::from_bytes(address(Side::client)), client_port_},
          {IpAddress::from_bytes(address(Side::server)), server_port_}};
}

std::uint32_t hash_of_ends(const Endpoint& a, const Endpoint& b) {
  const auto number = [](const Endpoint& end) {
    std::uint32_t address = 0;
    std::memcpy(&address, end.address.bytes().data(), sizeof address);
    return std::uint64_t{address} << 16U | end.port;
  };
  const auto ordered = [](const auto& x, const auto& y) {
    const auto hash = x < y ? absl::HashOf(x, y) : absl::HashOf(y, x);
    return static_cast<std::uint32_t>(hash ^ hash >> 32U);
  };
  if (a.address.family() == Family::v4) return ordered(number(a), number(b));
  return ordered(a, b);
}

}  // namespace latesyn
