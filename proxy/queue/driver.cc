#include "proxy/queue/driver.hpp"

#include <algorithm>
#include <cerrno>
#include <unordered_map>

#include "proxy/linux/promptness.hpp"
#include "proxy/packet/hop.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "proxy/queue/connection_tracking.hpp"
#include "proxy/queue/flow_filter.hpp"
#include "proxy/queue/netlink_queue.hpp"
#include "proxy/queue/queue_move.hpp"
#include "proxy/queue/raw_sender.hpp"
#include "proxy/queue/too_long.hpp"

namespace latesyn {
namespace {

/// How long plain ACKs are still seen when nothing awaits them: connections come and go.
constexpr Duration kAcksLinger = std::chrono::milliseconds(100);

/// When to look again whether the kernel has room for what we send.
constexpr Duration kUntilRoom = std::chrono::milliseconds(1);

}  // namespace

class Driver::State {
 public:
  State(Engine& engine, const DriverOptions& options, uv_loop_s* loop)
      : engine_(engine),
        batch_(options.gated ? 1 : NetlinkQueue::kBatch),
        clock_(options.clock),
        hand_over_(options.hand_over),
        queue_(options.hook, options.plan),
        sender_(options.hook.mark),
        too_long_(options.hook.mark),
        hook_(options.hook),
        move_(options.hook),
        spin_(options.spin),
        timer_(loop, clock_, [this] { ring(); }),
        readable_(loop, queue_.descriptor(), [this] { turn(); }) {}

  void add(Observer& observer) {
    observers_.push_back(&observer);
    packets_are_read_ = packets_are_read_ || observer.reads_packets();
  }

  void apply(const std::function<void(Engine&, Time, Actions&)>& mutation) {
    const Time now = clock_.now();
    mutation(engine_, now, actions_);
    drain_actions({});
    settle(now);
    take_held();
  }

  void tell(const Note& note) { tell(note, {}, {}); }

  void use(const Plan& plan) {
    queue_.use(plan);
    take_held();
  }

  void begin_move() { move_.begin(); }
  void end_move() { move_.end(); }

  /// One turn of the loop. False where the queue was empty.
  bool turn() {
    const bool any = take_turn();
    return take_held() || any;
  }

  void offer_splices(bool offered) {
    if (offered && !tracking_) tracking_.emplace(hook_);
    apply([offered](Engine& e, Time, Actions& out) { e.offer_splices(offered, out); });
  }
  std::uint64_t unspliced() const { return tracking_ ? tracking_->failures() : 0; }

  const MonotonicClock& clock() const { return clock_; }
  const NetlinkQueue& queue() const { return queue_; }
  const RawSender& sender() const { return sender_; }
  const TooLong& too_long() const { return too_long_; }

 private:
  bool gated() const { return batch_ == 1; }

  bool take_turn() {
    const Time now = clock_.now();
    send_due(now);
    const bool parting = queue_.sees_acks() && now - acks_awaited_ > kAcksLinger;
    if (parting) queue_.close_acks();
    const bool held = queue_.holds_packets();
    const auto packets = queue_.receive(batch_);
    const bool any = !packets.empty();
    falls_behind_ = packets.size() >= batch_;
    for (const QueuedPacket& packet : packets) decide(now, packet);
    if (!held && !falls_behind_) move_.read_all();
    settle(now);
    if (parting) queue_.unbind_acks();
    return any;
  }

  /// Packets that came while the queue's settings were changed would not wake the loop.
  bool take_held() {
    bool any = false;
    while (queue_.holds_packets()) any |= take_turn();
    return any;
  }

  /// At once: what answers the packet at hand may be a plain ACK.
  void see_acks(Time now) {
    if (!engine_.awaits_acks()) return;
    acks_awaited_ = now;
    queue_.bind_acks();
  }

  /// The alarm rings `spin_` early: what is left until then is waited for awake.
  void ring() {
    const auto next = engine_.next_wakeup();
    Time now = clock_.now();
    while (next && now < *next && *next - now <= spin_) now = clock_.now();
    send_due(now);
    settle(now);
  }

  /// What is due has come before the packets of this turn, whichever of the two woke the loop.
  /// A batch at a time: of half a million that are released at once, the first leaves before the
  /// last was looked at.
  void send_due(Time now) {
    for (auto next = engine_.next_wakeup(); next && *next <= now; next = engine_.next_wakeup()) {
      engine_.on_time(now, actions_, RawSender::kBatch);
      see_acks(now);
      drain_actions({});
      flush();
    }
  }

  void decide(Time now, const QueuedPacket& packet) {
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
    if (verdict == Verdict::drop) return queue_.drop(packet.id);
    accepted_.add(packet.bytes);
    const auto mark = mark_behind(packet);
    if (verdict == Verdict::accept) return queue_.accept(packet.id, mark);
    queue_.replace(packet.id, engine_.replacement(), mark);
  }

  /// kTranslated was for us; the rules of others don't know it.
  NetlinkQueue::Mark mark_behind(const QueuedPacket& packet) const {
    if (const auto moving = move_.mark()) return moving;
    const std::uint32_t mark = packet.mark & ~Hook::kTranslated;
    return mark == packet.mark ? NetlinkQueue::Mark() : mark;
  }

  /// Where each packet is watched on its way, it leaves when the engine says so, not with the turn.
  std::optional<std::uint32_t> queue_id_of(const QueuedPacket& packet) const {
    const bool stays = !gated() && packet.id.queue == hook_.queue;
    return stays ? std::optional(packet.id.number) : std::nullopt;
  }

  /// The packet as its receiver will see it: with a checksum, where we have all of it.
  Bytes as_sent(const QueuedPacket& packet) {
    const auto view = TcpView::over(packet.bytes);
    const auto* segment = std::get_if<TcpView>(&view);
    if (!packet.checksum_pending || segment == nullptr || !segment->complete()) return packet.bytes;
    completed_.assign(packet.bytes.begin(), packet.bytes.end());
    TcpEdit::over(completed_).complete_checksum();
    return completed_;
  }

  void drain_actions(Bytes arrived) {
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
      } else if (tracking_) {
        splice(action);
      }
    }
    actions_.clear();
  }

  /// What leaves, as far as anybody reads it.
  Bytes judge(const Judge& verdict) {
    const PacketId id{.number = verdict.queue_id, .queue = hook_.queue};
    accepted_.add(verdict.flow);
    if (verdict.verdict == Verdict::accept) {
      queue_.accept(id, move_.mark(id));
    } else {
      queue_.replace(id, verdict.packet.bytes, move_.mark(id));
    }
    return packets_are_read_ ? as_forwarded(verdict) : Bytes();
  }

  /// The kernel takes the hop once it has our verdict.
  Bytes as_forwarded(const Judge& verdict) {
    const auto own = parked_.extract(verdict.queue_id);
    const bool other_bytes = verdict.verdict == Verdict::replace;
    released_ = other_bytes || own.empty() ? verdict.packet.bytes : std::move(own.mapped());
    return !released_.empty() && take_hop(released_) ? released_ : Bytes();
  }

  /// What was decided before about the same flow was about the time before.
  void splice(const Action& action) {
    const auto add = [this](const auto& wish) {
      if (accepted_.may_have(wish.flow)) flush();
      tracking_->add(wish);
    };
    if (const auto* splice = std::get_if<Splice>(&action)) add(*splice);
    if (const auto* bypass = std::get_if<Bypass>(&action)) add(*bypass);
    if (const auto* unsplice = std::get_if<Unsplice>(&action)) add(*unsplice);
  }

  /// Packets of its flow that came before this one, and pass, must not be overtaken.
  Bytes send(Packet packet) {
    if (accepted_.may_have(packet.bytes)) flush();
    const Bytes bytes = sender_.add(std::move(packet));
    if (gated()) sender_.flush();
    return bytes;
  }

  /// The kernel shifts numbers from now on, not from the middle of this turn on; and what is ours
  /// to send leaves before what passes, or it had been sent before.
  void flush() {
    if (tracking_) tracking_->flush();
    sender_.flush();
    queue_.flush();
    accepted_.clear();
  }

  bool amend(Note& note) {
    auto* const judged = std::get_if<Judged>(&note);
    return judged == nullptr || std::ranges::all_of(observers_, [judged](Observer* observer) {
             return observer->amend(*judged);
           });
  }

  void tell(const Note& note, Bytes arrived, Bytes sent) {
    const Bytes none;
    const Bytes& packet = std::holds_alternative<Arrived>(note)    ? arrived
                          : std::holds_alternative<Departed>(note) ? sent
                          : std::holds_alternative<IcmpSent>(note) ? sent
                                                                   : none;
    for (Observer* observer : observers_) observer->on_note(note, packet);
  }

  void settle(Time now) {
    see_acks(now);
    flush();
    answer_too_long(now);
    const auto next = next_alarm(now);
    timer_.set(next ? std::optional(*next - spin_) : std::nullopt);
    if (!gated()) promptness_.settle(falls_behind_ || engine_.scheduled() != 0, now);
    for (Observer* observer : observers_) observer->on_settled(now);
  }

  /// What we send may not fit the next link, as that has changed.
  void answer_too_long(Time now) {
    const auto packets = sender_.take_too_long();
    if (packets.empty()) return;
    for (const Packet& packet : packets) {
      TooLong::Instead instead = too_long_.instead_of(now, packet);
      if (instead.pieces.empty()) sender_.count_failure(EMSGSIZE, packet);
      for (Packet& piece : instead.pieces) sender_.add(std::move(piece));
      if (instead.error) engine_.tell_sender(std::move(*instead.error), actions_);
    }
    drain_actions({});
    flush();
  }

  std::optional<Time> next_alarm(Time now) const {
    const auto next = engine_.next_wakeup();
    if (!sender_.is_stuck()) return next;
    return next ? std::min(*next, now + kUntilRoom) : now + kUntilRoom;
  }

  Engine& engine_;
  std::size_t batch_;
  MonotonicClock clock_;
  std::function<void(Stray)> hand_over_;
  NetlinkQueue queue_;
  RawSender sender_;
  TooLong too_long_;
  Hook hook_;
  QueueMove move_;
  std::optional<ConnectionTracking> tracking_;
  FlowFilter accepted_;  // whose verdicts wait for the next flush()
  std::vector<Observer*> observers_;
  bool packets_are_read_ = false;  // by some of them
  Time acks_awaited_;              // when the engine last did
  Actions actions_;
  std::vector<std::byte> completed_;
  /// Packets that the kernel keeps, for those who read them; and the last that it let go.
  std::unordered_map<std::uint32_t, std::vector<std::byte>> parked_;
  std::vector<std::byte> released_;
  Duration spin_;
  Promptness promptness_;
  bool falls_behind_ = false;  // as many packets came as a turn takes, or more
  Timer timer_;
  Readable readable_;
};

Driver::Driver(Engine& engine, const DriverOptions& options, uv_loop_s* loop)
    : state_(std::make_unique<State>(engine, options, loop)) {}
Driver::~Driver() = default;

void Driver::add(Observer& observer) { state_->add(observer); }
void Driver::apply(const std::function<void(Engine&, Time, Actions&)>& mutation) {
  state_->apply(mutation);
}
void Driver::tell(const Note& note) { state_->tell(note); }
void Driver::use(const Plan& plan) { state_->use(plan); }
void Driver::begin_move() { state_->begin_move(); }
void Driver::end_move() { state_->end_move(); }
bool Driver::drain() {
  // Bounded, should packets come in faster than they are decided on.
  constexpr int kTurnsMax = 10'000;
  int turns = 0;
  while (turns < kTurnsMax && state_->turn()) ++turns;
  return turns != 0 && turns != kTurnsMax;
}
Time Driver::now() const { return state_->clock().now(); }
void Driver::offer_splices(bool offered) { state_->offer_splices(offered); }
std::uint64_t Driver::splices_failed() const { return state_->unspliced(); }
std::uint64_t Driver::lost() const { return state_->queue().lost(); }
std::uint64_t Driver::queue_failures() const { return state_->queue().failures(); }
std::uint64_t Driver::told_too_long() const { return state_->too_long().told(); }
std::uint64_t Driver::unsent() const { return state_->sender().unsent(); }

}  // namespace latesyn
