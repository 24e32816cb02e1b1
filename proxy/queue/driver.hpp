#pragma once
// Turns a forwarder on an event loop: whenever packets wait at the device, and whenever something
// is due. One thread, one loop; the clock is read once per turn.

#include <functional>
#include <memory>

#include "proxy/loop/timer.hpp"
#include "proxy/queue/forwarder.hpp"
#include "proxy/queue/netfilter_device.hpp"

struct uv_loop_s;

namespace latesyn {

struct DriverOptions {
  ForwarderOptions forwarding;
  /// How long to wait awake for what is due: releases are then as late as a system call takes, at
  /// the price of that much of a processor's time for each.
  Duration spin{};
  /// Where the engine's time starts: for engines that work together it is the same.
  MonotonicClock clock{};
};

class Driver {
 public:
  /// Engine and device must outlive it.
  Driver(Engine& engine, NetfilterDevice& device, const DriverOptions& options, uv_loop_s* loop);
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
  /// As Forwarder's.
  void begin_move();
  void end_move();
  /// Whether joined flows are handed to the kernel's connection tracking. Throws
  /// std::runtime_error where that can't be spoken to.
  void offer_splices(bool offered);
  /// Decides on every packet that is in the queue, without waiting. What is still there when the
  /// device is closed is dropped by the kernel, so call it after the firewall rules are gone. False
  /// where nothing was in it, or more than 10,000 turns' worth, which it leaves there.
  bool drain();

  /// The time that the engine lives on: zero when the driver was made.
  Time now() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace latesyn
