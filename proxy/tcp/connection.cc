#include "proxy/tcp/connection.hpp"

#include <tuple>

namespace latesyn {

Segment Connection::describe(const TcpView& view, Side from) const {
  Segment s;
  s.flow = flow();
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
  const auto third_of = [&s](const Incarnation* life) {
    return life && life->isn_at_client() && s.seq == life->client_isn() + 1 &&
           s.ack == *life->isn_at_client() + 1;
  };
  const bool third = s.from == Side::client && s.flags.ack &&
                     (third_of(story_->current ? &*story_->current : nullptr) ||
                      third_of(story_->stale.get()) || third_of(story_->previous.get()));
  return third ? SegmentKind::handshake_ack : SegmentKind::ack;
}

Segment Connection::sent(const TcpView& view, Side from, Numbering& numbering) {
  const bool is_short = !story_;
  tell();
  Segment s = describe(view, from);
  const bool opens = s.kind == SegmentKind::syn && from == Side::client;
  const bool begins = opens && (!story_->current || story_->current->client_isn() != s.seq);
  const bool stays_short =
      is_short && opens && s.payload_size == 0 && s.ack == Seq{} && (!begins || number_ == 0);
  if (begins) begin(s, numbering);
  s.connection = number_;
  s.life = opens ? Life::current : life_of(s);
  s.copy = story_->copies.count(s);
  if (Incarnation* const life = life_with(s)) {
    s.state = life->state();
    life->sent(s);
    s.position = life->position(s);
  }
  complete(s);
  if (stays_short) shorten(s);
  return s;
}

/// Tells the story of the opening, where there is no more of it yet.
void Connection::tell() {
  if (story_) return;
  story_ = std::make_unique<Story>();
  if (number_ == 0) return;
  story_->current.emplace(opening_isn_);
  story_->copies = Copies({.kind = SegmentKind::syn, .seq = opening_isn_}, opening_copies_);
  story_->numbers.learn(Side::client, opening_isn_);
}

/// A SYN that waits for its release is all that there is to many connections.
void Connection::shorten(const Segment& syn) {
  opening_isn_ = syn.seq;
  opening_copies_ = syn.copy;
  story_.reset();
}

Segment Connection::beside(const TcpView& view, const Segment& original) {
  tell();
  Segment s = describe(view, sender_of(view));
  s.life = original.life;
  s.connection = original.connection;
  if (Incarnation* const life = life_with(s); life && s.kind == SegmentKind::syn_ack) {
    life->told(s.from, s.seq, false);
  }
  return s;
}

Segment Connection::forged(const TcpView& view, const Segment& original) {
  Segment s = beside(view, original);
  s.ours = true;
  if (Incarnation* const life = life_with(s); life && s.flags.syn) {
    life->told(s.from, s.seq, true);
  }
  complete(s);
  return s;
}

Segment Connection::made(const TcpView& view, const Segment& original) {
  tell();
  Segment s = beside(view, original);
  if (s.flags.syn && !story_->numbers.knows(s.from)) {
    complete(s);
    return s;
  }
  if (s.from == original.from && s.kind == original.kind) s.copy = original.copy;
  show(s);
  return s;
}

Segment Connection::elsewhere(const TcpView& view) {
  tell();
  Segment s = describe(view, sender_of(view));
  s.life = life_of(s);
  complete(s);
  return s;
}

void Connection::begin(const Segment& syn, Numbering& numbering) {
  // The client has left whatever it had before; the server may not know that yet (RFC 9293 figure
  // 9), or be in TIME-WAIT.
  const bool had = story_->current && (story_->current->server_isn() || !story_->previous);
  if (had) story_->previous = std::make_unique<Incarnation>(*story_->current);
  story_->current.emplace(syn.seq);
  number_ = numbering.number_connection();
}

void Connection::complete(Segment& s) {
  if (s.flags.syn) story_->numbers.learn(s.from, s.seq);
  show(s);
}

void Connection::show(Segment& s) const {
  // A RST that refuses a SYN has no number of its own (RFC 9293 section 3.10.7.1).
  const bool refuses = s.flags.rst && s.seq == Seq{};
  s.shown_seq = refuses ? 0 : story_->numbers.show(s.from, s.seq);
  s.shown_ack = s.flags.ack ? story_->numbers.show(other(s.from), s.ack) : 0;
}

Life Connection::life_of(const Segment& s) const {
  const auto& [current, stale, previous] =
      std::tie(story_->current, story_->stale, story_->previous);
  if (!stale && !previous) return Life::current;
  // Nobody has begun anything here but a SYN from elsewhere.
  if (!current) return Life::stale;
  if ((stale && answers(*stale, s)) || (previous && answers(*previous, s))) return Life::stale;
  if (!stale || !current->closed()) return Life::current;
  // With the current life over, only what it repeats or completes of its own still belongs to it.
  const bool has_length = s.kind == SegmentKind::data || s.kind == SegmentKind::fin;
  return has_length || current->completes_close(s) ? Life::current : Life::stale;
}

/// Of the two lives whose segments are stale, the one that this is of.
Incarnation* Connection::life_with(const Segment& s) {
  if (s.life == Life::current) return story_->current ? &*story_->current : nullptr;
  Incarnation* const previous = story_->previous.get();
  if (!story_->stale) return previous;
  if (previous == nullptr || answers(*story_->stale, s)) return story_->stale.get();
  return answers(*previous, s) ? previous : story_->stale.get();
}

/// True where a segment is of an old life and not of the current one.
bool Connection::answers(const Incarnation& old, const Segment& s) const {
  return s.from == Side::server ? server_answers(old, s) : client_answers(old, s);
}

bool Connection::server_answers(const Incarnation& old, const Segment& s) const {
  const bool same_isn = old.client_isn() == story_->current->client_isn();
  const bool acks_syn = s.flags.ack && s.ack == old.client_isn() + 1;
  if (s.kind == SegmentKind::syn_ack && same_isn) {
    return acks_syn && story_->current->server_isn() && s.seq != *story_->current->server_isn();
  }
  if (s.flags.syn || s.flags.rst) return acks_syn && !same_isn;
  // The server's ISN for the later SYN lies behind what it used before (RFC 9293 section 3.4.1).
  return counts_from(old, s);
}

bool Connection::counts_from(const Incarnation& old, const Segment& s) const {
  return story_->current && old.distance(s) < story_->current->distance(s);
}

bool Connection::client_answers(const Incarnation& old, const Segment& s) const {
  if (!old.server_isn()) return false;
  const bool same_isn = old.client_isn() == story_->current->client_isn();
  if (s.flags.rst && !s.flags.ack) {
    // One that answers a challenge has the old life's next number (RFC 9293 figure 9).
    const bool old_number = !same_isn && !story_->current->established() && counts_from(old, s);
    return old_number ||
           (s.seq == old.client_isn() + 1 && (!same_isn || story_->current->established()));
  }
  return s.flags.ack && s.ack == *old.server_isn() + 1 &&
         old.server_isn() != story_->current->server_isn();
}

std::optional<Seq> Connection::server_isn(Life life) const {
  if (!story_) return std::nullopt;
  const Incarnation* const old = story_->stale ? story_->stale.get() : story_->previous.get();
  if (life == Life::stale) return old == nullptr ? std::nullopt : old->server_isn();
  return story_->current ? story_->current->server_isn() : std::nullopt;
}

bool Connection::server_in_time_wait(Time now) const {
  if (!story_ || !story_->current) return false;
  const bool before = story_->previous && !story_->current->server_isn();
  return (before ? *story_->previous : *story_->current).server_in_time_wait(now);
}

Incarnation::Change Connection::delivered(const Segment& s, Time now, bool sees_all) {
  tell();
  Incarnation* const life = life_with(s);
  if (!life) return {};
  const auto change = life->delivered(s, now, sees_all);
  if (change.established && s.life == Life::current) forget_old();
  return change;
}

/// Both ends have agreed on the current life: neither has anything of another one. Kept, their
/// numbers would be taken for those that the current one comes to after gigabytes.
void Connection::forget_old() {
  story_->previous.reset();
  const auto& stale = story_->stale;
  if (stale && stale->client_isn() != story_->current->client_isn()) story_->stale.reset();
}

bool Connection::begins_stale(const Segment& syn) {
  tell();
  const bool same = story_->current && story_->current->client_isn() == syn.seq;
  if (same && !story_->current->closed() && !story_->current->syn_delivered()) return false;
  if (!story_->stale || story_->stale->client_isn() != syn.seq || story_->stale->closed())
    story_->stale = std::make_unique<Incarnation>(syn.seq);
  return true;
}

}  // namespace latesyn
