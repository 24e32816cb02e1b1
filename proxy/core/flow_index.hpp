#pragma once
// Finds a flow's number by the addresses and ports of its two ends, in either order. IPv4 has a
// table of its own: 16 bytes for each flow, so that a million of them are found in a few misses of
// the processor's cache.

#include <absl/container/flat_hash_map.h>

#include <array>
#include <optional>

#include "proxy/values/flow.hpp"

namespace latesyn {

class FlowIndex {
 public:
  std::optional<std::uint32_t> find(const Endpoint& a, const Endpoint& b) const;
  /// The two ends must not be known yet.
  void add(const Endpoint& a, const Endpoint& b, std::uint32_t number);
  void remove(const Endpoint& a, const Endpoint& b);
  std::size_t size() const { return v4_.size() + v6_.size(); }

 private:
  /// Addresses and ports as 32-bit words, the lower end first.
  using KeyV4 = std::array<std::uint32_t, 3>;
  using KeyV6 = std::array<std::uint32_t, 9>;
  template <typename Key>
  static Key key_of(const Endpoint& a, const Endpoint& b);
  absl::flat_hash_map<KeyV4, std::uint32_t> v4_;
  absl::flat_hash_map<KeyV6, std::uint32_t> v6_;
};

}  // namespace latesyn
