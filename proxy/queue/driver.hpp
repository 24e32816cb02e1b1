#pragma once
// Joins the engine to Linux: packets and time go in, verdicts and packets of our own go out. One
// thread, one loop; the clock is read once per turn.

#include <functional>
#include <memory>

#include "proxy/engine/engine.hpp"
#include "proxy/intercept/plan.hpp"
#include "proxy/loop/timer.hpp"
#include "proxy/notes/observer.hpp"

struct uv_loop_s;

namespace latesyn {

struct DriverOptions {
  Plan plan;
  Hook hook;
  /// One packet a turn, so that an observer sees the ends' state before and after each segment.
  bool gated = false;
  /// How long to wait awake for what is due: releases are then as late as a system call takes, at
  /// the price of that much of a processor's time for each.
  Duration spin{};
  /// Where the engine's time starts: for engines that work together it is the same.
  MonotonicClock clock{};
  /// Takes what is another worker's to send.
  std::function<void(Stray)> hand_over{};
};

/// Opens the queue and the raw sockets in the calling thread's network namespace. Firewall rules
/// are the caller's business (firewall.hpp).
class Driver {
 public:
  /// Throws std::runtime_error that names what was attempted, what went wrong and the mend: no
  /// rights, the queue's number taken.
  Driver(Engine& engine, const DriverOptions& options, uv_loop_s* loop);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// `observer` must outlive the driver.
  void add(Observer& observer);
  /// One mutation from outside the packet path (a release by hand, another policy), on the loop's
  /// thread; its actions are drained at once.
  void apply(const std::function<void(Engine&, Time, Actions&)>& mutation);
  /// Tells the observers what was found elsewhere than on the wire.
  void tell(const Note& note);
  /// Other queue settings for the packets to come. Throws std::runtime_error, and changes nothing.
  void use(const Plan& plan);
  /// The rules that lead to the queue are about to stand in another table, and do: in between no
  /// packet is decided on twice.
  void begin_move();
  void end_move();
  /// Whether joined flows are handed to the kernel's connection tracking. Throws
  /// std::runtime_error where that can't be spoken to.
  void offer_splices(bool offered);
  /// Decides on every packet that is in the queue, without waiting. What is still there when the
  /// driver ends is dropped by the kernel, so call it after the firewall rules are gone. False
  /// where nothing was in it, or more than 10,000 turns' worth, which it leaves there.
  bool drain();

  /// The time that the engine lives on: zero when the driver was made.
  Time now() const;
  /// Packets that the kernel dropped because our queue or its socket was full.
  std::uint64_t lost() const;
  /// Flows that the kernel did not take over; the log says why.
  std::uint64_t splices_failed() const;
  /// Packets of ours that the kernel did not take; the log says why.
  std::uint64_t unsent() const;
  /// Senders that were told that a packet does not fit the next link.
  std::uint64_t told_too_long() const;
  /// Messages between us and the queue that failed.
  std::uint64_t queue_failures() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace latesyn
