// What the engine keeps, and where: everything that waits has a bound in packets and in bytes, for
// all flows and for each. Past it packets pass, and are counted.

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

/// Where nothing will have to be changed or said in its place. The kernel itself takes the hop.
bool Engine::State::may_park(const Flow& flow, const std::vector<Matched>& matched,
                             const TcpView& view, const Incoming& packet) const {
  const bool is_relayed = flow.relay || (flow.late && flow.late->relay);
  if (!parks_ || splices_.offered() || !packet.queue_id || is_relayed) return false;
  if (!capture(matched) || !only_wait(matched) || may_pause(matched)) return false;
  if (!place_.stand.lets_pass(view.hop_limit())) return false;
  const bool can_be_kept = view.complete() && !packet.bundle;
  return outbox_.can_park(can_be_kept);
}

Parked Engine::State::parked_as(const Incoming& packet, const TcpView& view) {
  return {*packet.queue_id, static_cast<std::uint32_t>(view.total_size())};
}

/// Whether all that a packet came to finds room; where it does not, the reason is counted.
bool Engine::State::has_room(const Flow& flow, const Departures& departures,
                             const std::optional<Parked>& parked) {
  const auto full = outbox_.full(flow, departures, parked);
  if (full != nullptr) ++(counters.*full);
  return full == nullptr;
}

}  // namespace latesyn
