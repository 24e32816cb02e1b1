#pragma once
// What the engines of one run share, so that several of them decide as a single one would. Engines
// on different threads need a kind of it that may be used so (proxy/queue/locked_shared_state.hpp).

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "proxy/handshake/relay.hpp"
#include "proxy/tcp/numbering.hpp"

namespace latesyn {

class SharedState : public Numbering {
 public:
  SharedState() = default;
  ~SharedState() override = default;
  SharedState(const SharedState&) = delete;
  SharedState& operator=(const SharedState&) = delete;

  std::uint32_t number_connection() override { return ++connections_; }
  /// The number of one more late SYN: from 1, in the order in which they are known to be late.
  virtual std::uint64_t number_late_syn() { return ++late_syns_; }

  /// What a server offered to a relay before; none where it has not been asked.
  virtual std::optional<ServerProfile> profile(const Endpoint& server) const;
  /// Remembers it, for as many servers as there is room for.
  virtual void learn(const Endpoint& server, const ServerProfile& profile);

 private:
  std::uint32_t connections_ = 0;
  std::uint64_t late_syns_ = 0;
  absl::flat_hash_map<Endpoint, ServerProfile> profiles_;
};

}  // namespace latesyn
