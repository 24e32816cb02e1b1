#pragma once
// All workers of a run: who watches them, what is done to each of them, and their sums. What
// watches a single one takes no lock.

#include <memory>
#include <vector>

#include "proxy/queue/locked_observer.hpp"
#include "proxy/queue/worker.hpp"

namespace latesyn {

class Workers {
 public:
  /// As many as the hook in `options` says, each with its own queue, thread and share of `limits`.
  /// Throws as NetfilterDevice does.
  Workers(const SharedPolicy& policy, std::uint64_t seed, const Limits& limits, const Plan& plan,
          const DriverOptions& options);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// What nobody starts is at work while this one's loop runs.
  Worker& first() { return *workers_.front(); }

  /// Before the start. `observer` must outlive the workers; it hears of one note at a time.
  void add(Observer& observer);
  /// The same for one that may be told of several notes at the same time.
  void add_parallel(Observer& observer);
  void start();
  /// Everything that has come in by now is decided on when this returns.
  void stop();

  /// On each worker's own thread, one worker after the other. Throws what `task` throws, and leaves
  /// out the workers behind.
  void each(const std::function<void(Worker&)>& task);
  /// Mutations as Driver::apply does them.
  void apply(const std::function<void(Engine&, Time, Actions&)>& mutation);

  /// Has the workers that it may concern do it, without waiting for them. `answered` is called with
  /// the answer of all of them, on the thread of the last.
  void obey(const EngineCommand& command, std::function<void(const Reply&)> answered);
  /// As Engine's, of all workers one after the other.
  HeldPage held(HeldId from, std::size_t most);

  template <typename Count>
  std::uint64_t sum(Count count) {
    std::uint64_t total = 0;
    each([&](Worker& worker) { total += count(worker); });
    return total;
  }
  /// Of all their devices; unsent is, too, what could not be handed to the worker that should have
  /// sent it.
  DeviceCounters device_counters();
  /// That of the first. Only apply() may change it.
  const Policy& policy() { return first().engine().policy(); }

 private:
  void hand_over(Stray stray);

  std::vector<std::unique_ptr<LockedObserver>> locked_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::uint64_t> lost_strays_ = 0;
};

}  // namespace latesyn
