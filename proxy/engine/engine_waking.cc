// What sleeps until something has happened, and what lets it go.

#include <algorithm>

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

/// What happens to one of two connections that claim the ports wakes nothing of the other's.
std::vector<std::uint32_t> Engine::State::wake(Flow& flow, Trigger trigger,
                                               std::uint32_t connection, Time now, Actions& out) {
  const bool by_hand = trigger == Trigger::released;
  std::vector<std::uint32_t> woken;
  const auto take = [&](WaitingStore::Sleepers& sleepers) {
    const auto more = store_.wake(sleepers, trigger);
    woken.insert(woken.end(), more.begin(), more.end());
  };
  const bool before = flow.connection.is_before(connection);
  if (by_hand || before || !flow.connection.contested()) take(flow.asleep_before);
  if (by_hand || !before) take(flow.asleep);
  flow.scheduled += static_cast<std::uint32_t>(woken.size());
  asleep_ -= woken.size();
  out.emplace_back(Triggered{now, flow.connection.flow(), connection, trigger,
                             static_cast<std::uint32_t>(woken.size())});
  return woken;
}

/// What leaves at once does so after the segment that woke it, too.
void Engine::State::schedule(std::uint32_t woken, Time now) {
  schedule_.add(now + store_.after(woken), woken);
}

std::uint64_t Engine::State::release(Time now, Actions& out) {
  const std::size_t note = out.size();  // before those of the flows
  out.emplace_back(Released{now});
  std::vector<WaitingStore::Order> all;
  flows_.for_each([&](Flow& flow) {
    const bool any = store_.any(flow.asleep, Trigger::released) ||
                     store_.any(flow.asleep_before, Trigger::released);
    if (!any) return;
    const std::uint32_t connection = flow.connection.number();
    for (const std::uint32_t woken : wake(flow, Trigger::released, connection, now, out)) {
      all.push_back(store_.order_of(woken));
    }
  });
  std::ranges::sort(all, std::less<>());
  for (const auto& woken : all) schedule(woken.number, now);
  std::get<Released>(std::get<Note>(out[note])).woken = all.size();
  // Of several engines that had nothing to release, one says so.
  const bool tells = place_.worker == 0 || !all.empty();
  if (!tells) out.erase(out.begin() + static_cast<std::ptrdiff_t>(note));
  return all.size();
}

}  // namespace latesyn
