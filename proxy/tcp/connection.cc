#include "proxy/tcp/connection.hpp"

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
  const bool begins = opens && !opens_again(s);
  const bool stays_short =
      is_short && opens && s.payload_size == 0 && s.ack == Seq{} && (!begins || number_ == 0);
  if (begins) begin(s, numbering);
  s.connection = number_;
  if (!opens) attribute(s);
  if (opens && is_previous(s)) s.connection = story_->previous_number;
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
  attribute(s);
  complete(s);
  return s;
}

void Connection::begin(const Segment& syn, Numbering& numbering) {
  // The client has left whatever it had before; the server may not know that yet (RFC 9293 figure
  // 9), or be in TIME-WAIT.
  const bool had = story_->current && (story_->current->server_isn() || !story_->previous);
  if (had) {
    story_->previous = std::make_unique<Incarnation>(*story_->current);
    story_->previous_number = number_;
  }
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

/// The life that the segment was attributed to; null where that is known no more.
Incarnation* Connection::life_with(const Segment& s) const {
  if (s.life == Life::stale) return story_->stale.get();
  if (story_->previous && s.connection == story_->previous_number) return story_->previous.get();
  return story_->current && s.connection == number_ ? &*story_->current : nullptr;
}

std::optional<Incarnation> Connection::life(const Segment& s) const {
  if (!story_) return s.connection == number_ ? current() : std::nullopt;
  const Incarnation* const found = life_with(s);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

bool Connection::is_open() const {
  const auto now = current();
  return (now && !now->closed()) || (previous() != nullptr && !previous()->closed());
}

bool Connection::contested() const {
  const Incarnation* const old = previous();
  return old != nullptr && old->isn_at_client() && !old->closed() && !story_->current->server_isn();
}

bool Connection::conversed(bool sees_all) const {
  const auto has = [sees_all](const Incarnation& life) {
    return life.established() || (!sees_all && life.server_isn());
  };
  if (!story_ || !story_->current) return false;
  return has(*story_->current) ||
         (story_->previous && !story_->previous->closed() && has(*story_->previous));
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
  const bool is_current = s.life == Life::current && s.connection == number_;
  if (change.established && is_current) forget_old();
  return change;
}

/// Both ends have agreed on the current life: neither has anything of another one. Kept, their
/// numbers would be taken for those that the current one comes to after gigabytes.
void Connection::forget_old() {
  story_->previous.reset();
  story_->previous_number = 0;
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
