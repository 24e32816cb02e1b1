#include "proxy/engine/terms/shared_state.hpp"

namespace latesyn {
namespace {

/// Servers whose options are remembered. One more is answered for by the policy's profile.
constexpr std::size_t kProfilesMax = 10'000;

}  // namespace

std::optional<ServerProfile> SharedState::profile(const Endpoint& server) const {
  const auto known = profiles_.find(server);
  return known == profiles_.end() ? std::nullopt : std::optional(known->second);
}

void SharedState::learn(const Endpoint& server, const ServerProfile& profile) {
  if (profiles_.size() < kProfilesMax || profiles_.contains(server)) profiles_[server] = profile;
}

}  // namespace latesyn
