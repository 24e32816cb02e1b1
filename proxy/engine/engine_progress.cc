// The engine where a packet of ours leaves later than it was made.

#include "proxy/engine/engine_state.hpp"
#include "proxy/packet/segment_checksum.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {

/// A packet of ours leaves later than it was made: by so much as its connection has gone on since,
/// its numbers go on, too.
void Engine::State::bring_up_to_date(const Flow& flow, Waiting& waiting) {
  Departure& d = waiting.departure;
  const std::uint32_t connection = waiting.segment.connection;
  const bool joined = flow.relay && flow.relayed == connection;
  const SegmentNumbers then = *d.numbers;
  const SegmentNumbers now =
      flow.progress->now(then, d.to, connection, joined ? flow.relay->join() : Join{});
  d.numbers = now;
  // One that a rule has spoiled stays spoiled.
  const bool right = has_right_checksum(d.packet.bytes);
  TcpEdit edit = TcpEdit::over(d.packet.bytes);
  edit.shift_seq(now.seq.raw - then.seq.raw);
  edit.shift_ack(now.ack.raw - then.ack.raw);
  if (then.clock && now.clock) {
    edit.shift_timestamps(now.clock->value - then.clock->value, now.clock->echo - then.clock->echo);
  }
  edit.complete_checksum();
  if (!right) edit.spoil_checksum();
}

}  // namespace latesyn
