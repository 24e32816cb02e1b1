#include "proxy/core/flow_index.hpp"

#include <cstring>

namespace latesyn {
namespace {

bool is_v4(const Endpoint& end) { return end.address.family() == Family::v4; }

}  // namespace

template <typename Key>
Key FlowIndex::key_of(const Endpoint& a, const Endpoint& b) {
  const auto bytes_a = a.address.bytes(), bytes_b = b.address.bytes();
  const int order = std::memcmp(bytes_a.data(), bytes_b.data(), bytes_a.size());
  const bool a_first = order < 0 || (order == 0 && a.port < b.port);
  const auto first = a_first ? bytes_a : bytes_b, second = a_first ? bytes_b : bytes_a;
  Key key{};
  std::memcpy(key.data(), first.data(), first.size());
  std::memcpy(key.data() + (key.size() - 1) / 2, second.data(), second.size());
  const std::uint32_t low = a_first ? a.port : b.port, high = a_first ? b.port : a.port;
  key.back() = low << 16U | high;
  return key;
}

std::optional<std::uint32_t> FlowIndex::find(const Endpoint& a, const Endpoint& b) const {
  if (is_v4(a)) {
    const auto found = v4_.find(key_of<KeyV4>(a, b));
    return found == v4_.end() ? std::nullopt : std::optional(found->second);
  }
  const auto found = v6_.find(key_of<KeyV6>(a, b));
  return found == v6_.end() ? std::nullopt : std::optional(found->second);
}

void FlowIndex::add(const Endpoint& a, const Endpoint& b, std::uint32_t number) {
  if (is_v4(a)) {
    v4_[key_of<KeyV4>(a, b)] = number;
  } else {
    v6_[key_of<KeyV6>(a, b)] = number;
  }
}

void FlowIndex::remove(const Endpoint& a, const Endpoint& b) {
  if (is_v4(a)) {
    v4_.erase(key_of<KeyV4>(a, b));
  } else {
    v6_.erase(key_of<KeyV6>(a, b));
  }
}

}  // namespace latesyn
