#pragma once
// One life of a connection (RFC 9293 section 3.4.1): its initial sequence numbers, and how far what
// was delivered has brought it. It is told what was sent and what arrived; it decides nothing.

#include <optional>

#include "proxy/core/segment.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class Incarnation {
 public:
  explicit Incarnation(Seq client_isn) : client_{.isn = client_isn} {}

  /// What changed when a segment reached its receiver.
  struct Change {
    bool established = false, closed = false;
  };
  /// A segment of this life was sent by `segment.from`.
  void sent(const Segment& segment);
  /// A segment of this life reached the other end.
  Change delivered(const Segment& segment, Time now);

  /// The client was answered in the server's place, with this ISN.
  void answered_with(Seq isn) { answered_isn_ = isn; }

  Seq client_isn() const { return *client_.isn; }
  /// The server's ISN as the client knows it.
  std::optional<Seq> isn_at_client() const { return answered_isn_ ? answered_isn_ : server_.isn; }
  std::optional<Seq> server_isn() const { return server_.isn; }
  bool syn_delivered() const { return syn_delivered_; }
  bool established() const { return established_; }
  /// A FIN from each side, or a RST, was delivered.
  bool closed() const { return closed_; }
  ConnectionState state() const;
  /// How many bytes of the sender's stream lie before the segment's data, modulo 2^32; nothing
  /// where the sender's ISN is not known.
  std::optional<std::uint32_t> position(const Segment& segment) const;
  /// The server sent the first FIN not more than a TIME-WAIT (60 s on Linux) ago, and nothing has
  /// reset it since.
  bool server_in_time_wait(Time now) const;

  /// True where the segment is the first ACK of the other side's FIN: the last of a close.
  bool completes_close(const Segment& segment) const;
  /// How far SEQ lies behind the sender's ISN; the farthest where that is not known.
  std::uint32_t distance(const Segment& segment) const;
  /// True where the segment's ACK acknowledges nothing that `delivered` was not told before.
  bool repeats_ack(const Segment& segment) const;

 private:
  struct Half {
    std::optional<Seq> isn;
    std::optional<Seq> fin;    // behind a FIN that was delivered
    std::optional<Seq> acked;  // the highest ACK that this side has sent
  };
  Half& half(Side side) { return side == Side::client ? client_ : server_; }
  const Half& half(Side side) const { return side == Side::client ? client_ : server_; }

  Half client_, server_;
  std::optional<Seq> answered_isn_;
  bool syn_delivered_ = false, established_ = false, closed_ = false, reset_ = false;
  std::optional<Side> first_fin_;
  Time closed_at_;
};

}  // namespace latesyn
