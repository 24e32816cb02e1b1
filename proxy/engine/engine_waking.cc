// What sleeps until something has happened, and what lets it go.

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

/// What happens to one of two connections that claim the ports wakes nothing of the other's.
std::vector<std::uint32_t> Engine::State::wake(Flow& flow, Trigger trigger,
                                               std::uint32_t connection, Time now, Actions& out) {
  std::vector<std::uint32_t> woken;
  const auto take = [&](bool before) {
    const auto more = store_.wake(flow.asleep, {trigger, before});
    woken.insert(woken.end(), more.begin(), more.end());
  };
  const bool before = flow.connection.is_before(connection);
  if (before || !flow.connection.contested()) take(true);
  if (!before) take(false);
  flow.scheduled += static_cast<std::uint32_t>(woken.size());
  asleep_ -= woken.size();
  out.emplace_back(Triggered{now, flow.connection.flow(), connection, trigger,
                             static_cast<std::uint32_t>(woken.size())});
  return woken;
}

void Engine::State::set_due(std::uint32_t number, Time due) {
  store_.set_timer(number, schedule_.add(due, number).node);
}

}  // namespace latesyn
