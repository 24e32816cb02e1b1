#include "proxy/lab/ladder/late_syn_history.hpp"

namespace latesyn {
namespace {

/// A state in which the server could still make new state for a SYN.
bool makes_way(SocketState state) {
  return state == SocketState::closed || state == SocketState::listen ||
         state == SocketState::time_wait;
}

bool is_alive(SocketState state) { return state != SocketState::unknown && !makes_way(state); }

}  // namespace

bool holds_state(const SocketReading& reading) {
  return is_alive(reading.state) || reading.state == SocketState::time_wait;
}

bool is_settled(const LateSyn& late) {
  return late.outcome != Outcome::ignored && (!late.state_from || late.state_until);
}

void LateSynHistory::see(Time at, const SocketReading& client, const SocketReading& server) {
  if (server.state == SocketState::unknown || until_ || over_) return;
  if (server.state != SocketState::time_wait) time_wait_gone_ = true;
  if (!makes_way(before_.state)) return;  // whatever is there was there before
  if (!is_alive(server.state)) {
    if (from_) until_ = at;
    return;
  }
  if (!from_) from_ = at;
  // With a client that is there too it is a connection like any other.
  const bool nobody = !is_alive(client.state);
  if (server.state != SocketState::syn_received && nobody) established_ = true;
}

LateSyn LateSynHistory::corrected(LateSyn wire) const {
  if (before_.state == SocketState::unknown) return wire;
  wire.state_from = from_;
  wire.state_until = until_;
  if (before_.state == SocketState::time_wait && !from_) {
    if (wire.outcome == Outcome::challenged || wire.outcome == Outcome::assassinated) {
      wire.outcome = time_wait_gone_ ? Outcome::assassinated : Outcome::challenged;
    }
    return wire;
  }
  if (!from_) return wire;
  wire.reached_application = established_ || wire.fast_open;
  if (before_.state == SocketState::time_wait) {
    wire.outcome = Outcome::reopened;
  } else if (established_) {
    wire.outcome = Outcome::ghost;
  } else if (!until_ && wire.outcome == Outcome::reset) {
    wire.outcome = Outcome::half_open;
  }
  return wire;
}

}  // namespace latesyn
