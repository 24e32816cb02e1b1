#pragma once
// The segment that an end would say next to another, given one that was caught on the way.

#include "impair/making/departure.hpp"
#include "impair/making/parameter.hpp"
#include "proxy/packet/segment_spec.hpp"

namespace latesyn {

/// In the name of the caught segment's receiver: as if it had arrived.
inline SegmentSpec answer_to(const TcpView& caught) {
  const auto theirs = caught.timestamps();
  return {
      .from = caught.to(),
      .to = caught.from(),
      .seq = caught.flags().ack ? caught.ack() : Seq{},
      .ack = caught.seq() + caught.sequence_size(),
      // The echo is what the sender's clock says, the value what it has seen of the receiver's
      // (RFC 7323 section 3.2): Linux believes nothing else.
      .timestamps = theirs ? std::optional(Timestamps{theirs->echo, theirs->value}) : std::nullopt};
}

/// In the name of the caught segment's sender: the next after it where it `arrives`, else in its
/// place. Behind a SYN, even so: no state of a receiver takes anything but a SYN before it.
inline SegmentSpec sequel_to(const TcpView& caught, bool arrives) {
  const std::uint32_t behind = arrives ? caught.sequence_size() : (caught.flags().syn ? 1U : 0U);
  return {.from = caught.from(),
          .to = caught.to(),
          .seq = caught.seq() + behind,
          .ack = caught.flags().ack ? caught.ack() : Seq{},
          .timestamps = caught.timestamps()};
}

/// The RST that the caught segment's sender believes, as a closed port answers (RFC 9293 section
/// 3.10.7.1): with the number that it has acknowledged, or, in SYN-SENT, with an ACK of its SYN.
inline SegmentSpec rst_in_answer_to(const TcpView& caught) {
  SegmentSpec spec = answer_to(caught);
  spec.flags = {.rst = true, .ack = !caught.flags().ack};
  if (!spec.flags.ack) spec.ack = Seq{};
  spec.window = 0;
  spec.timestamps.reset();
  return spec;
}

/// The RST that its receiver believes, where it takes the caught segment's place: with exactly the
/// next number that it waits for (RFC 5961 section 3.2). A client that waits for a SYN-ACK has no
/// such number, and believes one with an ACK of its SYN (RFC 9293 section 3.10.7.3). What stands
/// alone, a SYN, reaches a listener, which believes no RST; or SYN-RECEIVED, which has the SYN.
inline SegmentSpec rst_in_place_of(const TcpView& caught) {
  SegmentSpec spec = sequel_to(caught, false);
  spec.flags = {.rst = true, .ack = caught.flags().syn && caught.flags().ack};
  if (!spec.flags.ack) spec.ack = Seq{};
  spec.window = 0;
  spec.timestamps.reset();
  return spec;
}

/// What has to be remembered of a segment that is made so, until it leaves.
inline SegmentNumbers numbers_of(const SegmentSpec& spec, bool answers) {
  return {.seq = spec.seq, .ack = spec.ack, .clock = spec.timestamps, .answers = answers};
}

/// The segment as the parameters of `forge` want it. A SYN's number is an ISN: it stays, however
/// late it leaves.
inline Departure adjusted(SegmentSpec spec, bool answers, const Parameters& p) {
  Departure ours;
  if (!spec.flags.syn) ours.numbers = numbers_of(spec, answers);
  const auto number = [&p](std::string_view key, std::int64_t otherwise) {
    return static_cast<std::uint32_t>(p.number(key).value_or(otherwise));
  };
  spec.seq = spec.seq + number("seq_by", 0);
  spec.ack = spec.flags.ack ? spec.ack + number("ack_by", 0) : Seq{};
  spec.window = static_cast<std::uint16_t>(number("window", spec.window));
  spec.payload_size = number("payload", 0);
  spec.from.port = static_cast<std::uint16_t>(number("from_port", spec.from.port));
  if (p.choice("timestamps") == "none") spec.timestamps.reset();
  ours.packet = build(spec);
  return ours;
}

}  // namespace latesyn
