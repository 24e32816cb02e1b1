#include "proxy/core/connection.hpp"

#include "proxy/core/shared_state.hpp"

namespace latesyn {

Segment Connection::describe(const TcpView& view, Side from) const {
  Segment s;
  s.flow = flow_;
  s.from = from;
  s.flags = view.flags();
  s.seq = view.seq();
  s.ack = view.ack();
  s.payload_size = view.payload_size();
  s.connection = number_;
  s.kind = kind_of(s);
  return s;
}

SegmentKind Connection::kind_of(const Segment& s) const {
  const SegmentKind alone = kind_alone(s.flags, s.payload_size);
  if (alone != SegmentKind::ack) return alone;
  const auto answers = [&s](const Incarnation* life) {
    return life && life->isn_at_client() && s.seq == life->client_isn() + 1 &&
           s.ack == *life->isn_at_client() + 1;
  };
  const bool third = s.from == Side::client && s.flags.ack &&
                     (answers(current_ ? &*current_ : nullptr) || answers(stale_.get()));
  return third ? SegmentKind::handshake_ack : SegmentKind::ack;
}

Segment Connection::sent(const TcpView& view, Side from, SharedState& shared) {
  Segment s = describe(view, from);
  const bool opens = s.kind == SegmentKind::syn && from == Side::client;
  if (opens && (!current_ || current_->client_isn() != s.seq)) begin(s, shared);
  s.connection = number_;
  s.life = opens ? Life::current : life_of(s);
  s.copy = copies_.count(s);
  if (Incarnation* const life = of(s.life)) {
    s.state = life->state();
    life->sent(s);
    s.position = life->position(s);
  }
  complete(s);
  return s;
}

Segment Connection::beside(const TcpView& view, const Segment& original) {
  Segment s = describe(view, sender_of(view));
  s.life = original.life;
  s.connection = original.connection;
  if (Incarnation* const life = of(s.life); life && s.kind == SegmentKind::syn_ack) {
    life->answered_with(s.seq);
  }
  return s;
}

Segment Connection::forged(const TcpView& view, const Segment& original) {
  Segment s = beside(view, original);
  complete(s);
  return s;
}

Segment Connection::made(const TcpView& view, const Segment& original) {
  if (view.flags().syn && !numbers_.knows(sender_of(view))) return forged(view, original);
  Segment s = beside(view, original);
  if (s.from == original.from && s.kind == original.kind) s.copy = original.copy;
  show(s);
  return s;
}

Segment Connection::elsewhere(const TcpView& view) {
  Segment s = describe(view, sender_of(view));
  s.life = life_of(s);
  complete(s);
  return s;
}

void Connection::begin(const Segment& syn, SharedState& shared) {
  // The client has left whatever it had before; the server may not know that yet (RFC 9293 figure
  // 9).
  if (current_ && !current_->closed()) stale_ = std::make_unique<Incarnation>(*current_);
  current_.emplace(syn.seq);
  number_ = shared.number_connection();
}

void Connection::complete(Segment& s) {
  if (s.flags.syn) numbers_.learn(s.from, s.seq);
  show(s);
}

void Connection::show(Segment& s) const {
  // A RST that refuses a SYN has no number of its own (RFC 9293 section 3.10.7.1).
  const bool refuses = s.flags.rst && s.seq == Seq{};
  s.shown_seq = refuses ? 0 : numbers_.show(s.from, s.seq);
  s.shown_ack = s.flags.ack ? numbers_.show(other(s.from), s.ack) : 0;
}

Life Connection::life_of(const Segment& s) const {
  if (!stale_) return Life::current;
  // Nobody has begun anything here but a SYN from elsewhere.
  if (!current_) return Life::stale;
  if (answers_stale(s)) return Life::stale;
  if (!current_->closed()) return Life::current;
  // With the current life over, only what it repeats or completes of its own still belongs to it.
  const bool has_length = s.kind == SegmentKind::data || s.kind == SegmentKind::fin;
  return has_length || current_->completes_close(s) ? Life::current : Life::stale;
}

bool Connection::answers_stale(const Segment& s) const {
  return s.from == Side::server ? server_answers_stale(s) : client_answers_stale(s);
}

bool Connection::server_answers_stale(const Segment& s) const {
  const bool same_isn = stale_->client_isn() == current_->client_isn();
  const bool acks_syn = s.flags.ack && s.ack == stale_->client_isn() + 1;
  if (s.kind == SegmentKind::syn_ack && same_isn) {
    return acks_syn && current_->server_isn() && s.seq != *current_->server_isn();
  }
  if (s.flags.syn || s.flags.rst) return acks_syn && !same_isn;
  // The server's ISN for the later SYN lies behind what it used before (RFC 9293 section 3.4.1).
  return counts_from_stale(s);
}

bool Connection::counts_from_stale(const Segment& s) const {
  return stale_ && current_ && stale_->distance(s) < current_->distance(s);
}

bool Connection::client_answers_stale(const Segment& s) const {
  if (!stale_->server_isn()) return false;
  const bool same_isn = stale_->client_isn() == current_->client_isn();
  if (s.flags.rst && !s.flags.ack) {
    // One that answers a challenge has the old life's next number (RFC 9293 figure 9).
    const bool old_number = !same_isn && !current_->established() && counts_from_stale(s);
    return old_number ||
           (s.seq == stale_->client_isn() + 1 && (!same_isn || current_->established()));
  }
  return s.flags.ack && s.ack == *stale_->server_isn() + 1 &&
         stale_->server_isn() != current_->server_isn();
}

Incarnation::Change Connection::delivered(const Segment& s, Time now) {
  Incarnation* const life = of(s.life);
  if (!life) return {};
  return life->delivered(s, now);
}

bool Connection::begins_stale(const Segment& syn) {
  const bool same = current_ && current_->client_isn() == syn.seq;
  if (same && !current_->closed() && !current_->syn_delivered()) return false;
  if (!stale_ || stale_->client_isn() != syn.seq || stale_->closed())
    stale_ = std::make_unique<Incarnation>(syn.seq);
  return true;
}

}  // namespace latesyn
