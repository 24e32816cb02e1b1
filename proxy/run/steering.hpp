#pragma once
// What signals and keys ask of the engines of a run: all of it goes through Workers::obey, and is
// answered in the log.

#include <string_view>

#include "proxy/loop/mailbox.hpp"
#include "proxy/queue/workers.hpp"

namespace latesyn {

class Steering {
 public:
  /// `workers` must outlive it, and be stopped before it is gone.
  Steering(Workers& workers, Loop& loop, const MonotonicClock& clock)
      : workers_(workers), clock_(clock), answers_(loop) {}

  /// Enter: release_all; l: list; o: release_oldest; any other: tells which there are.
  void on_keys(std::string_view typed);
  /// All that waits for that.
  void release_all();
  /// Of all that is held, whatever it waits for, what has waited longest.
  void release_oldest();
  /// What is held, so much of it as a terminal has room for: what has waited longest first.
  void list();
  /// Those that nobody has been told of: for after the loop.
  void tell_answers() { answers_.run(); }

 private:
  void on_key(char key);
  std::vector<Held> oldest(std::size_t most);
  std::uint64_t held();

  Workers& workers_;
  const MonotonicClock& clock_;
  Mailbox answers_;  // from the workers' threads
};

}  // namespace latesyn
