#pragma once
// Being on time also where other programs want the processor, and out of their way where it does
// not matter.

#include "proxy/values/time.hpp"

namespace latesyn {

/// Asks the kernel to let this thread run as soon as it has something to do: ahead of ordinary
/// programs where we may (CAP_SYS_NICE), else in short turns. What it starts later is ordinary
/// again. Where the kernel refuses, releases are late as others load the machine.
void run_promptly();

/// So that run_promptly() will be granted after the right to it (CAP_SYS_NICE) is given up, where
/// we have it.
void allow_running_promptly();

/// Asks for short turns only (since Linux 6.12): packets then come together while others run, and
/// are decided together.
void run_in_short_turns();

/// Ahead of others only while a thread is in a hurry, and a moment longer.
class Promptness {
 public:
  /// To be called by that thread, at the end of each turn of its loop.
  void settle(bool in_a_hurry, Time now);

 private:
  bool is_ahead_ = false;
  Time was_in_a_hurry_;
};

}  // namespace latesyn
