#pragma once
// What happens on one 4-tuple: the life that the connection has now, and beside or after it the one
// that a late SYN started. It says of each segment what it is, whose it is, and which copy. Whoever
// knows the ports can send a SYN: until the server has confirmed it, the connection before goes on,
// and its numbers tell what is of it.

#include <memory>
#include <optional>

#include "proxy/tcp/compact_flow.hpp"
#include "proxy/tcp/copies.hpp"
#include "proxy/tcp/figure_numbers.hpp"
#include "proxy/tcp/incarnation.hpp"
#include "proxy/tcp/numbering.hpp"

namespace latesyn {

class Connection {
 public:
  explicit Connection(const FlowKey& flow) : ends_(flow) {}

  /// A segment was sent by `from`. Where it begins a connection, `numbering` numbers that.
  Segment sent(const TcpView& view, Side from, Numbering& numbering);
  /// The same for a segment of our own, in the place of one that was sent.
  Segment forged(const TcpView& view, const Segment& original);
  /// The same for one that a rule made or changed: its numbers are shown beside those of the ends.
  Segment made(const TcpView& view, const Segment& original);

  /// The same for one that neither end has sent now: out of a capture, or for a flow of its own.
  Segment elsewhere(const TcpView& view);

  /// A segment that one of these returned reached the other end.
  /// `sees_all`: none of its connection goes by unseen.
  Incarnation::Change delivered(const Segment& segment, Time now, bool sees_all = true);

  /// True where a client's SYN, reaching the server now, comes late: another copy of it has been
  /// there, or its connection is over. A stale life begins with it.
  bool begins_stale(const Segment& syn);

  /// The life that the connection has now; none before its first SYN.
  std::optional<Incarnation> current() const {
    if (story_) return story_->current;
    return number_ == 0 ? std::nullopt : std::optional<Incarnation>(opening_isn_);
  }
  /// The life of a segment's connection, or the one that a late SYN started; none where neither is
  /// known any more.
  std::optional<Incarnation> life(const Segment& segment) const;
  /// Nothing has closed the life that it has now, or the one before that may go on.
  bool is_open() const;
  /// True once its ends were seen to converse: the server has answered the client's SYN and, where
  /// that would have been seen (`sees_all`), the client has answered the server.
  bool conversed(bool sees_all) const;
  /// What the ports were used for before, until both ends have confirmed the current life; null
  /// where there is nothing.
  const Incarnation* previous() const { return story_ ? story_->previous.get() : nullptr; }
  /// The number of the connection whose life that is; 0 where there is none.
  std::uint32_t previous_number() const { return story_ ? story_->previous_number : 0; }
  /// True where that number is of what the ports were used for before.
  bool is_before(std::uint32_t connection) const {
    return previous() != nullptr && connection <= previous_number();
  }
  /// The server has not confirmed the current life, and the one before, which was answered, may go
  /// on.
  bool contested() const;
  /// True where the server is in TIME-WAIT: of the life before the current one, until it has
  /// confirmed that.
  bool server_in_time_wait(Time now) const;
  /// True where SEQ is of the numbers that the sender has used in the stale life.
  bool counts_from_stale(const Segment& segment) const {
    return story_ && story_->stale && counts_from(*story_->stale, segment);
  }
  std::uint32_t number() const { return number_; }
  FlowKey flow() const { return ends_.key(); }
  const CompactFlow& ends() const { return ends_; }

 private:
  /// All that is known of a connection.
  struct Story {
    std::optional<Incarnation> current;
    std::unique_ptr<Incarnation> stale;  // few connections have one
    /// What the ports were used for before, and the server may still have until it has confirmed
    /// the current life.
    std::unique_ptr<Incarnation> previous;
    std::uint32_t previous_number = 0;
    Copies copies;
    FigureNumbers numbers;
  };

  Segment describe(const TcpView& view, Side from) const;
  Side sender_of(const TcpView& view) const {
    return ends_.is_client(view.from()) ? Side::client : Side::server;
  }
  Segment beside(const TcpView& view, const Segment& original);
  void tell();
  void shorten(const Segment& syn);
  void begin(const Segment& syn, Numbering& numbering);
  bool opens_again(const Segment& syn) const;
  void attribute(Segment& segment) const;
  bool is_previous(const Segment& segment) const;
  bool client_goes_on(const Incarnation& old, const Segment& segment) const;
  bool answers(const Incarnation& old, const Segment& segment) const;
  bool server_answers(const Incarnation& old, const Segment& segment) const;
  bool client_answers(const Incarnation& old, const Segment& segment) const;
  bool counts_from(const Incarnation& old, const Segment& segment) const;
  SegmentKind kind_of(const Segment& segment) const;
  Incarnation* life_with(const Segment& segment) const;
  void forget_old();
  void complete(Segment& segment);
  void show(Segment& segment) const;

  CompactFlow ends_;
  std::uint32_t number_ = 0;
  // While the client's first SYN is all that was seen, how often, there is no story.
  std::uint32_t opening_copies_ = 0;
  Seq opening_isn_;
  std::unique_ptr<Story> story_;
};

}  // namespace latesyn
