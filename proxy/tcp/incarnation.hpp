#pragma once
// One life of a connection (RFC 9293 section 3.4.1): its initial sequence numbers, and how far what
// was delivered has brought it. It is told what was sent and what arrived; it decides nothing.

#include <array>
#include <optional>

#include "proxy/packet/segment.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// How long Linux keeps TIME-WAIT: TCP_TIMEWAIT_LEN.
inline constexpr Duration kTimeWait = std::chrono::seconds(60);

class Incarnation {
 public:
  explicit Incarnation(Seq client_isn) { learn(isn, Side::client, client_isn); }

  /// What changed when a segment reached its receiver.
  struct Change {
    bool established = false, closed = false;
  };
  /// A segment of this life was sent by `segment.from`.
  void sent(const Segment& segment);
  /// A segment of this life reached the other end. `sees_all`: so did every segment before it that
  /// was not told of. What its receiver would not believe changes nothing.
  Change delivered(const Segment& segment, Time now, bool sees_all = true);
  /// Whether its receiver would believe it, by its numbers (RFC 9293 section 3.10.7; of a RST,
  /// RFC 5961 section 3): as strict as what is known allows (docs/decisions/0002).
  bool believes(const Segment& segment, Time now) const;

  /// The other end was told this ISN in the place of the side's own; `by_us`: from there on all
  /// numbers of the side are shifted for it.
  void told(Side side, Seq number, bool by_us) {
    learn(shown, side, number);
    if (by_us) known_ = static_cast<std::uint16_t>(known_ | shifted(side));
  }

  Seq client_isn() const { return *known(isn, Side::client); }
  /// The server's ISN as the client knows it.
  std::optional<Seq> isn_at_client() const {
    const auto ours = known(shown, Side::server);
    return ours ? ours : server_isn();
  }
  std::optional<Seq> server_isn() const { return known(isn, Side::server); }
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

  /// The SEQ, in the side's own numbers, that the other end expects of it next; none where that is
  /// not known, because nothing of it was delivered yet, or because data go by unseen.
  std::optional<Seq> expected_of(Side side) const {
    return partly_seen_ ? std::nullopt : known(reached, side);
  }
  /// Whether some of its data go by unseen.
  bool partly_seen() const { return partly_seen_; }
  /// True where the segment acknowledges the client's SYN, and no more.
  bool answers_syn(const Segment& segment) const {
    return segment.flags.ack && ack_of(segment) == client_isn() + 1;
  }
  /// True where the RST refuses the client's SYN: in SYN-SENT it must acknowledge that (RFC 9293
  /// section 3.10.7.3).
  bool refuses_syn(const Segment& rst) const;
  /// True where the segment is the first ACK of the other side's FIN: the last of a close.
  bool completes_close(const Segment& segment) const;
  /// How far SEQ lies behind the sender's ISN; the farthest where that is not known.
  std::uint32_t distance(const Segment& segment) const;
  /// True where the segment's ACK acknowledges nothing that `delivered` was not told before.
  bool repeats_ack(const Segment& segment) const;

 private:
  /// What is known of a side.
  enum Number : std::uint8_t {
    isn,
    fin,      // behind a FIN that was delivered
    acked,    // the highest ACK that this side has sent, in the other's own numbers
    reached,  // behind all of this side's that was delivered
    shown,    // the ISN that the other end was told
  };
  static constexpr std::size_t kNumbers = 2 * (shown + 1);
  static constexpr std::size_t place(Number number, Side side) {
    return 2 * std::size_t{number} + static_cast<std::size_t>(side);
  }
  static constexpr unsigned shifted(Side side) {
    return 1U << (kNumbers + static_cast<std::size_t>(side));
  }
  std::optional<Seq> known(Number number, Side side) const {
    const std::size_t at = place(number, side);
    return (known_ >> at & 1U) != 0 ? std::optional(numbers_[at]) : std::nullopt;
  }
  void learn(Number number, Side side, Seq seq) {
    const std::size_t at = place(number, side);
    numbers_[at] = seq;
    known_ = static_cast<std::uint16_t>(known_ | 1U << at);
  }
  void learn_highest(Number number, Side side, Seq seq) {
    const auto before = known(number, side);
    if (!before || seq - *before > 0) learn(number, side, seq);
  }
  std::uint32_t shift(Side side) const;
  Seq seq_of(const Segment& segment) const;
  Seq end_of(const Segment& segment) const;
  Seq ack_of(const Segment& segment) const;
  std::optional<Seq> sent_to(Side side) const;
  bool believes_reset(const Segment& rst, Time now) const;

  // A million of these are kept: a bit says what an optional takes four bytes for.
  std::array<Seq, kNumbers> numbers_{};
  std::uint16_t known_ = 0;
  bool syn_delivered_ : 1 = false, answered_ : 1 = false, established_ : 1 = false,
                        closed_ : 1 = false, reset_ : 1 = false, partly_seen_ : 1 = false;
  std::optional<Side> first_fin_;
  Time at_;  // when it was closed; before that, when both its ISNs were known
};

}  // namespace latesyn
