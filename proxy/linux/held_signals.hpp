#pragma once
// Signals that wait while nobody handles them yet: unhandled, they would kill the process.

#include <csignal>
#include <initializer_list>

namespace latesyn {

/// Keeps them out of the calling thread, and of those that it starts, from here on.
class HeldSignals {
 public:
  explicit HeldSignals(std::initializer_list<int> signals) {
    sigemptyset(&signals_);
    for (const int signal : signals) sigaddset(&signals_, signal);
    keep_out();
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// They are handled now; those that have come meanwhile are delivered here.
  void let_in() const { ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr); }
  void keep_out() const { ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr); }

 private:
  sigset_t signals_{};
};

}  // namespace latesyn
