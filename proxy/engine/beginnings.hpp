#pragma once
// When connections began, when their handshakes were complete, and when they were heard of last.
// Kept beside the flows, less than 150 bytes each, and only where a rule asks. Bounded by the
// places that flows have.

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "proxy/match/sight.hpp"

namespace latesyn {

class Beginnings {
 public:
  /// The connection's first SYN was sent, on that flow. False where that was known.
  bool began(std::uint32_t flow, std::uint32_t connection, Time now) {
    Beginning& beginning = of_connection(flow, connection);
    if (beginning.began) return false;
    beginning.began = now;
    return true;
  }
  /// Its handshake is complete.
  void completed(std::uint32_t flow, std::uint32_t connection, Time now) {
    if (connection == 0) return;
    Beginning& beginning = of_connection(flow, connection);
    if (!beginning.completed) beginning.completed = now;
  }
  /// A segment of it came or left. One that is older than those that are known takes no place.
  void heard(std::uint32_t flow, std::uint32_t connection, Time now) {
    const auto& [newest, before] = by_flow_[flow];
    const bool is_known = connection != 0 && connection == before.connection;
    if (is_known || connection >= std::max(newest.connection, 1U)) {
      of_connection(flow, connection).heard = now;
    }
  }
  /// What is known of the connection; nothing of one whose beginning was not seen (0).
  Moments of(std::uint32_t flow, std::uint32_t connection) const {
    const auto found = by_flow_.find(flow);
    if (found == by_flow_.end() || connection == 0) return {};
    const auto& [newest, before] = found->second;
    if (newest.connection == connection) return {newest.began, newest.completed, newest.heard};
    if (before.connection == connection) return {before.began, before.completed, before.heard};
    return {};
  }
  void forget() { by_flow_.clear(); }

 private:
  struct Beginning {
    std::uint32_t connection = 0;
    std::optional<Time> began, completed, heard;
  };
  /// Whoever knows the ports can send a SYN: until the new connection's handshake is complete, that
  /// of the last whose was counts too. A place that another flow has taken has other connections.
  struct OfFlow {
    Beginning newest, before;
  };

  Beginning& of_connection(std::uint32_t flow, std::uint32_t connection) {
    auto& [newest, before] = by_flow_[flow];
    if (before.connection == connection) return before;
    if (newest.connection == connection) return newest;
    if (newest.completed || before.connection == 0) before = newest;
    newest = {.connection = connection};
    return newest;
  }

  absl::flat_hash_map<std::uint32_t, OfFlow> by_flow_;
};

}  // namespace latesyn
