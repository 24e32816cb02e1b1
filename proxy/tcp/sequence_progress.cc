#include "proxy/tcp/sequence_progress.hpp"

#include <algorithm>

namespace latesyn {
namespace {

/// The farther of two.
void advance(std::optional<Seq>& known, Seq seq) {
  if (!known || seq - *known > 0) known = seq;
}

/// By how much a number that `from` sends is another one where it arrives.
std::uint32_t shift(const Join& join, Side from) {
  return from == Side::client ? join.client_seq : join.server_seq;
}

/// A receiver takes no clock that runs behind what it has seen (RFC 7323 section 5.3).
std::uint32_t later(std::uint32_t a, std::uint32_t b) { return Seq{b} - Seq{a} > 0 ? b : a; }

}  // namespace

void SequenceProgress::sent(const Segment& s, const TcpView& view) {
  if (s.life == Life::stale) return;
  Lifetime* known = life(s.connection);
  if (known == nullptr) {
    // A SYN that nobody has answered is forgotten before the connection that it did not end.
    if (lives_[0].end(Side::server).behind || lives_[1].connection == 0) lives_[1] = lives_[0];
    lives_[0] = {.connection = s.connection};
    known = lives_.data();
  }
  End& end = known->end(s.from);
  // A RST has no clock, and may have no numbers either (RFC 9293 section 3.10.7.1).
  if (s.flags.rst) return;
  advance(end.behind, s.seq + s.sequence_size());
  if (s.flags.ack) advance(end.acked, s.ack);
  if (const auto clock = view.timestamps()) end.clock = clock;
}

void SequenceProgress::arrived(const Segment& s) {
  if (s.life == Life::stale || s.flags.rst) return;
  if (Lifetime* const known = life(s.connection)) {
    advance(known->end(s.from).reached, s.seq + s.sequence_size());
  }
}

const SequenceProgress::Lifetime* SequenceProgress::life(std::uint32_t connection) const {
  const auto* const found = std::ranges::find(lives_, connection, &Lifetime::connection);
  return found == lives_.end() ? nullptr : found;
}

SequenceProgress::Lifetime* SequenceProgress::life(std::uint32_t connection) {
  auto* const found = std::ranges::find(lives_, connection, &Lifetime::connection);
  return found == lives_.end() ? nullptr : found;
}

SegmentNumbers SequenceProgress::now(const SegmentNumbers& then, Side to, std::uint32_t connection,
                                     const Join& join) const {
  const Lifetime* const found = life(connection);
  if (found == nullptr) return then;
  const End& speaker = found->end(other(to));
  const End& hearer = found->end(to);
  const std::uint32_t between = shift(join, other(to));
  // What its receiver expects, as the speaker knows it: what has reached it, or what it has
  // acknowledged, which may have come by another way.
  std::optional<Seq> expected = speaker.reached;
  if (hearer.acked) advance(expected, *hearer.acked + (0U - between));
  SegmentNumbers now = then;
  if (expected) now.seq = *expected + (then.answers ? between : 0U);
  const std::optional<Seq>& acked = then.answers ? hearer.behind : speaker.acked;
  if (acked) now.ack = *acked;
  if (!then.clock) return now;
  if (!then.answers) {
    now.clock = speaker.clock ? speaker.clock : then.clock;
  } else if (hearer.clock) {
    now.clock = Timestamps{hearer.clock->echo, hearer.clock->value};
    const std::uint32_t clocks = to == Side::client ? join.server_clock : 0U;
    if (speaker.clock) now.clock->value = later(now.clock->value, speaker.clock->value + clocks);
  }
  return now;
}

}  // namespace latesyn
