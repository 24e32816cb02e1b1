#pragma once
// Carries packets between a device and the engine: packets and time go in, verdicts and packets of
// our own go out, notes go to whoever watches. It knows neither clock nor kernel.
//
// One turn takes a batch, and hands over at its end what was decided in it: a system call for many
// packets. The order that this must keep is the one of each flow. What leaves through another way
// than the queue (a raw socket, connection tracking) hands over first what was decided before about
// the same flow. What is due leaves before what has come in, whichever of the two woke us.

#include <deque>
#include <functional>
#include <unordered_map>

#include "proxy/engine/engine.hpp"
#include "proxy/notes/observer.hpp"
#include "proxy/queue/device.hpp"
#include "proxy/queue/flow_filter.hpp"
#include "proxy/queue/queue_move.hpp"

namespace latesyn {

struct ForwarderOptions {
  Hook hook;
  /// One packet a turn, so that an observer sees the ends' state before and after each segment. Of
  /// those that wait it hears before anything leaves, which may change their senders' state.
  bool gated = false;
  /// Takes what is another worker's to send.
  std::function<void(Stray)> hand_over{};
};

class Forwarder {
 public:
  /// Engine and device must outlive it.
  Forwarder(Engine& engine, Device& device, const ForwarderOptions& options);

  /// `observer` must outlive it.
  void add(Observer& observer);
  /// One mutation from outside the packet path; its actions are drained at once.
  void apply(Time now, const std::function<void(Engine&, Time, Actions&)>& mutation);
  /// Tells the observers what was found elsewhere than on the wire.
  void tell(const Note& note) { tell(note, {}, {}); }
  /// The rules that lead to the queue are about to stand in another table, and do: in between no
  /// packet is decided on twice.
  void begin_move() { move_.begin(); }
  void end_move() { move_.end(); }

  /// Sends what is due, and decides on a batch. False where no packet had come.
  bool turn(Time now);
  /// True where packets wait that nothing else tells of: another turn() takes them.
  bool holds_packets() const { return !taken_in_.empty() || device_.holds_packets(); }
  /// Sends what is due.
  void on_alarm(Time now);
  /// When to call on_alarm(); none: not before something else happens.
  std::optional<Time> next_alarm(Time now) const;
  /// True where more may be there to do than was done in this turn. Whoever gates it has time.
  bool is_in_a_hurry() const { return !gated_ && (falls_behind_ || engine_.scheduled() != 0); }

  /// How long plain ACKs are still seen when nothing awaits them: connections come and go.
  static constexpr Duration kAcksLinger = std::chrono::milliseconds(100);
  /// When to look again whether there is room for what we send.
  static constexpr Duration kUntilRoom = std::chrono::milliseconds(1);

 private:
  void take_in();
  std::size_t decide_batch(Time now);
  void see_acks(Time now);
  void send_due(Time now);
  void decide(Time now, const QueuedPacket& packet);
  PacketMark mark_behind(const QueuedPacket& packet) const;
  std::optional<std::uint32_t> queue_id_of(const QueuedPacket& packet) const;
  Bytes as_sent(const QueuedPacket& packet);
  void drain_actions(Bytes arrived);
  Bytes judge(const Judge& verdict);
  Bytes as_forwarded(const Judge& verdict);
  void wish(const Action& action);
  Bytes send(Packet packet);
  void flush();
  bool amend(Note& note);
  void tell(const Note& note, Bytes arrived, Bytes sent);
  void settle(Time now);
  void answer_too_long(Time now);

  Engine& engine_;
  Device& device_;
  Hook hook_;
  bool gated_;
  std::function<void(Stray)> hand_over_;
  QueueMove move_;
  FlowFilter accepted_;  // whose verdicts wait for the next flush()
  std::vector<Observer*> observers_;
  bool packets_are_read_ = false;  // by some of them
  Time acks_awaited_;              // when the engine last did
  /// Where a turn has one packet: those behind it, whose bytes must stay.
  struct TakenIn {
    QueuedPacket packet;
    std::vector<std::byte> bytes;
  };
  std::deque<TakenIn> taken_in_;
  Actions actions_;
  std::vector<std::byte> completed_;
  /// Packets that the kernel keeps, for those who read them; and the last that it let go.
  std::unordered_map<std::uint32_t, std::vector<std::byte>> parked_;
  std::vector<std::byte> released_;
  bool falls_behind_ = false;  // as many packets came as a turn takes, or more
};

}  // namespace latesyn
