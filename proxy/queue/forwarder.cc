#include "proxy/queue/forwarder.hpp"

#include <algorithm>

#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {

Forwarder::Forwarder(Engine& engine, Device& device, const ForwarderOptions& options)
    : engine_(engine),
      device_(device),
      hook_(options.hook),
      gated_(options.gated),
      hand_over_(options.hand_over),
      move_(options.hook) {}

void Forwarder::add(Observer& observer) {
  observers_.push_back(&observer);
  packets_are_read_ = packets_are_read_ || observer.reads_packets();
}

void Forwarder::apply(Time now, const std::function<void(Engine&, Time, Actions&)>& mutation) {
  take_in();
  mutation(engine_, now, actions_);
  drain_actions({});
  settle(now);
}

/// What leaves in this turn may change the state of an end that has sent one of these before.
void Forwarder::take_in() {
  if (!gated_) return;
  for (QueuedPacket packet : device_.receive(kPacketBatch)) {
    TakenIn& taken =
        taken_in_.emplace_back(packet, std::vector(packet.bytes.begin(), packet.bytes.end()));
    taken.packet.bytes = taken.bytes;
    for (Observer* observer : observers_) observer->on_queued(taken.bytes);
  }
}

/// How many that were.
std::size_t Forwarder::decide_batch(Time now) {
  if (!gated_) {
    const auto packets = device_.receive(kPacketBatch);
    for (const QueuedPacket& packet : packets) decide(now, packet);
    return packets.size();
  }
  if (taken_in_.empty()) return 0;
  const TakenIn first = std::move(taken_in_.front());
  taken_in_.pop_front();
  decide(now, first.packet);
  return 1;
}

bool Forwarder::turn(Time now) {
  take_in();
  send_due(now);
  const bool parting = device_.sees_acks() && now - acks_awaited_ > kAcksLinger;
  if (parting) device_.close_acks();
  const bool held = device_.holds_packets();
  const std::size_t decided = decide_batch(now);
  falls_behind_ = decided == kPacketBatch;
  if (!held && !falls_behind_) move_.read_all();
  settle(now);
  if (parting) device_.unbind_acks();
  return decided != 0;
}

void Forwarder::on_alarm(Time now) {
  take_in();
  send_due(now);
  settle(now);
}

std::optional<Time> Forwarder::next_alarm(Time now) const {
  const auto next = engine_.next_wakeup();
  if (!device_.is_stuck()) return next;
  return next ? std::min(*next, now + kUntilRoom) : now + kUntilRoom;
}

/// At once: what answers the packet at hand may be a plain ACK.
void Forwarder::see_acks(Time now) {
  if (!engine_.awaits_acks()) return;
  acks_awaited_ = now;
  device_.bind_acks();
}

/// What is due has come before the packets of this turn, whichever of the two woke the loop.
/// A batch at a time: of half a million that are released at once, the first leaves before the
/// last was looked at.
void Forwarder::send_due(Time now) {
  for (auto next = engine_.next_wakeup(); next && *next <= now; next = engine_.next_wakeup()) {
    engine_.on_time(now, actions_, kPacketBatch);
    see_acks(now);
    drain_actions({});
    flush();
  }
}

void Forwarder::decide(Time now, const QueuedPacket& packet) {
  move_.read(packet.id);
  const Verdict verdict = engine_.on_packet(now,
                                            {.bytes = packet.bytes,
                                             .checksum_pending = packet.checksum_pending,
                                             .translated = (packet.mark & Hook::kTranslated) != 0,
                                             .bundle = packet.bundle,
                                             .queue_id = queue_id_of(packet)},
                                            actions_);
  see_acks(now);
  const Bytes seen = actions_.empty() || !packets_are_read_ ? packet.bytes : as_sent(packet);
  if (verdict == Verdict::park && packets_are_read_) {
    parked_[packet.id.number].assign(seen.begin(), seen.end());
  }
  drain_actions(seen);
  if (verdict == Verdict::park) return;
  if (verdict == Verdict::drop) return device_.drop(packet.id);
  accepted_.add(packet.bytes);
  const auto mark = mark_behind(packet);
  if (verdict == Verdict::accept) return device_.accept(packet.id, mark);
  device_.replace(packet.id, engine_.replacement(), mark);
}

/// kTranslated was for us; the rules of others don't know it.
PacketMark Forwarder::mark_behind(const QueuedPacket& packet) const {
  if (const auto moving = move_.mark()) return moving;
  const std::uint32_t mark = packet.mark & ~Hook::kTranslated;
  return mark == packet.mark ? PacketMark() : mark;
}

std::optional<std::uint32_t> Forwarder::queue_id_of(const QueuedPacket& packet) const {
  const bool stays = hook_.stand.can_park && packet.id.queue == hook_.queue;
  return stays ? std::optional(packet.id.number) : std::nullopt;
}

/// The packet as its receiver will see it: with a checksum, where we have all of it.
Bytes Forwarder::as_sent(const QueuedPacket& packet) {
  const auto view = TcpView::over(packet.bytes);
  const auto* segment = std::get_if<TcpView>(&view);
  if (!packet.checksum_pending || segment == nullptr || !segment->complete()) return packet.bytes;
  completed_.assign(packet.bytes.begin(), packet.bytes.end());
  TcpEdit::over(completed_).complete_checksum();
  return completed_;
}

void Forwarder::drain_actions(Bytes arrived) {
  Bytes sent;
  for (Action& action : actions_) {
    if (auto* transmit = std::get_if<Transmit>(&action)) {
      sent = send(std::move(transmit->packet));
    } else if (const auto* verdict = std::get_if<Judge>(&action)) {
      sent = judge(*verdict);
    } else if (auto* note = std::get_if<Note>(&action)) {
      if (amend(*note)) tell(*note, arrived, sent);
    } else if (auto* stray = std::get_if<Stray>(&action)) {
      hand_over_(std::move(*stray));
    } else {
      wish(action);
    }
  }
  actions_.clear();
}

/// What leaves, as far as anybody reads it.
Bytes Forwarder::judge(const Judge& verdict) {
  const PacketId id{.number = verdict.queue_id, .queue = hook_.queue};
  if (verdict.verdict == Verdict::drop) {
    device_.drop(id);
    parked_.erase(verdict.queue_id);
    return {};
  }
  accepted_.add(verdict.flow);
  if (verdict.verdict == Verdict::accept) {
    device_.accept(id, move_.mark(id));
  } else {
    device_.replace(id, verdict.packet.bytes, move_.mark(id));
  }
  return packets_are_read_ ? as_forwarded(verdict) : Bytes();
}

/// The kernel takes the hop once it has our verdict.
Bytes Forwarder::as_forwarded(const Judge& verdict) {
  const auto own = parked_.extract(verdict.queue_id);
  const bool other_bytes = verdict.verdict == Verdict::replace;
  released_ = other_bytes || own.empty() ? verdict.packet.bytes : std::move(own.mapped());
  return !released_.empty() && hook_.stand.let_pass(released_) ? released_ : Bytes();
}

/// What was decided before about the same flow was about the time before.
void Forwarder::wish(const Action& action) {
  const auto add = [this](const auto& wish) {
    if (accepted_.may_have(wish.flow)) flush();
    device_.wish(wish);
  };
  if (const auto* splice = std::get_if<Splice>(&action)) add(*splice);
  if (const auto* bypass = std::get_if<Bypass>(&action)) add(*bypass);
  if (const auto* unsplice = std::get_if<Unsplice>(&action)) add(*unsplice);
}

/// Packets of its flow that came before this one, and pass, must not be overtaken.
Bytes Forwarder::send(Packet packet) {
  if (accepted_.may_have(packet.bytes)) flush();
  const Bytes bytes = device_.send(std::move(packet));
  if (gated_) flush();
  return bytes;
}

void Forwarder::flush() {
  device_.flush();
  accepted_.clear();
}

bool Forwarder::amend(Note& note) {
  auto* const judged = std::get_if<Judged>(&note);
  return judged == nullptr || std::ranges::all_of(observers_, [judged](Observer* observer) {
           return observer->amend(*judged);
         });
}

void Forwarder::tell(const Note& note, Bytes arrived, Bytes sent) {
  const Bytes none;
  const Bytes& packet = std::holds_alternative<Arrived>(note)    ? arrived
                        : std::holds_alternative<Departed>(note) ? sent
                        : std::holds_alternative<IcmpSent>(note) ? sent
                                                                 : none;
  for (Observer* observer : observers_) observer->on_note(note, packet);
}

void Forwarder::settle(Time now) {
  see_acks(now);
  flush();
  answer_too_long(now);
  for (Observer* observer : observers_) observer->on_settled(now);
}

/// What we send may not fit the next link, as that has changed.
void Forwarder::answer_too_long(Time now) {
  auto errors = device_.replace_too_long(now);
  if (errors.empty()) return;
  for (Packet& error : errors) engine_.tell_sender(std::move(error), actions_);
  drain_actions({});
  flush();
}

}  // namespace latesyn
