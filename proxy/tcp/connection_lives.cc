// Which of the lives on one 4-tuple a segment is of: the numbers tell, for whoever knows the ports
// can send anything.

#include <tuple>

#include "proxy/tcp/connection.hpp"

namespace latesyn {

/// True where a SYN asks again for what was asked for before.
bool Connection::opens_again(const Segment& syn) const {
  if (!story_->current) return false;
  return story_->current->client_isn() == syn.seq || is_previous(syn);
}

/// Says which connection, and which of its lives, a segment is of.
void Connection::attribute(Segment& s) const {
  const auto& [current, stale] = std::tie(story_->current, story_->stale);
  if (!current) {
    // Nobody has begun anything here but a SYN from elsewhere.
    s.life = stale ? Life::stale : Life::current;
  } else if (stale && answers(*stale, s)) {
    s.life = Life::stale;
  } else if (is_previous(s)) {
    s.connection = story_->previous_number;
  } else if (stale && current->closed()) {
    // With the current life over, only what it repeats or completes of its own still belongs to it.
    const bool has_length = s.kind == SegmentKind::data || s.kind == SegmentKind::fin;
    if (!has_length && !current->completes_close(s)) s.life = Life::stale;
  }
}

/// True where a segment is of what the ports were used for before. Until the server has confirmed
/// the current life, that is all that is not about its SYN.
bool Connection::is_previous(const Segment& s) const {
  const Incarnation* const old = story_->previous.get();
  if (old == nullptr) return false;
  const Incarnation& current = *story_->current;
  if (s.kind == SegmentKind::syn && s.from == Side::client) {
    return !current.server_isn() && s.seq == old->client_isn();
  }
  if (s.from == Side::client) return client_goes_on(*old, s);
  if (s.flags.rst && !current.server_isn()) return !current.refuses_syn(s);
  if (s.flags.syn || s.flags.rst) return old->answers_syn(s) && !current.answers_syn(s);
  // The server's ISN for the later SYN lies behind what it used before (RFC 9293 section 3.4.1).
  return counts_from(*old, s);
}

/// What a client acknowledges tells whom it speaks to: of a SYN that nobody has answered it has
/// nothing to acknowledge.
bool Connection::client_goes_on(const Incarnation& old, const Segment& s) const {
  const Incarnation& current = *story_->current;
  const auto before = old.isn_at_client(), now = current.isn_at_client();
  if (!before) return false;
  if (s.flags.rst && !s.flags.ack) {
    // One that answers a challenge has the old life's next number (RFC 9293 figure 9).
    if (s.seq == current.client_isn() + 1) return false;
    return !current.server_isn() || counts_from(old, s);
  }
  if (!now) return s.flags.ack;
  return *before == *now ? counts_from(old, s) : s.ack.raw - before->raw < s.ack.raw - now->raw;
}

/// True where a segment is of a stale life and not of the current one.
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

}  // namespace latesyn
