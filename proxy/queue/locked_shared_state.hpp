#pragma once
// What engines on different threads share. Numbers are drawn without a lock; of the packets of a
// connection only those that shake hands with latesyn itself take one.

#include <atomic>
#include <mutex>

#include "proxy/engine/terms/shared_state.hpp"

namespace latesyn {

class LockedSharedState final : public SharedState {
 public:
  std::uint32_t number_connection() override { return ++connections_; }
  std::uint64_t number_late_syn() override { return ++late_syns_; }
  std::optional<ServerProfile> profile(const Endpoint& server) const override {
    const std::lock_guard lock(mutex_);
    return SharedState::profile(server);
  }
  void learn(const Endpoint& server, const ServerProfile& profile) override {
    const std::lock_guard lock(mutex_);
    SharedState::learn(server, profile);
  }

 private:
  std::atomic<std::uint32_t> connections_ = 0;
  std::atomic<std::uint64_t> late_syns_ = 0;
  mutable std::mutex mutex_;
};

}  // namespace latesyn
