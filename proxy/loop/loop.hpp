#pragma once
// libuv's loop, and the two things beside packets that wake it: signals and a slow clock.

#include "proxy/loop/uv_handle.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// Everything that was made on a loop must be gone before it.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Until stop() is called, or nothing is left to wait for.
  void run() { uv_run(&loop_, UV_RUN_DEFAULT); }
  void stop() { uv_stop(&loop_); }
  uv_loop_t* get() { return &loop_; }

 private:
  uv_loop_t loop_{};
};

class SignalHandler {
 public:
  SignalHandler(Loop& loop, int signal, std::function<void()> on_signal);

 private:
  UvHandle<uv_signal_t> handle_;
};

/// Calls after `first`, and every `period` after that (zero: never again). It counts in
/// milliseconds: for housekeeping, never for packets.
class Housekeeper {
 public:
  Housekeeper(Loop& loop, Duration first, Duration period, std::function<void()> on_time);

 private:
  UvHandle<uv_timer_t> handle_;
};

}  // namespace latesyn
