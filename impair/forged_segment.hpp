#pragma once
// The segment that an end would say next to another, given one that was caught on the way.

#include "impair/parameter.hpp"
#include "proxy/values/segment_spec.hpp"

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
/// place.
inline SegmentSpec sequel_to(const TcpView& caught, bool arrives) {
  return {.from = caught.from(),
          .to = caught.to(),
          .seq = caught.seq() + (arrives ? caught.sequence_size() : 0),
          .ack = caught.flags().ack ? caught.ack() : Seq{},
          .timestamps = caught.timestamps()};
}

/// By the parameters of `forge`, where the policy gives them.
inline void adjust(SegmentSpec& spec, const Parameters& p) {
  const auto number = [&p](std::string_view key, std::int64_t otherwise) {
    return static_cast<std::uint32_t>(p.number(key).value_or(otherwise));
  };
  spec.seq = spec.seq + number("seq_by", 0);
  spec.ack = spec.flags.ack ? spec.ack + number("ack_by", 0) : Seq{};
  spec.window = static_cast<std::uint16_t>(number("window", spec.window));
  spec.payload_size = number("payload", 0);
  spec.from.port = static_cast<std::uint16_t>(number("from_port", spec.from.port));
  if (p.choice("timestamps") == "none") spec.timestamps.reset();
}

}  // namespace latesyn
