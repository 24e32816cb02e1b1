#include "proxy/queue/workers.hpp"

#include "proxy/queue/locked_shared_state.hpp"

namespace latesyn {
namespace {

/// What one engine may have of the bounds of all.
Limits share_of(Limits limits, unsigned workers) {
  limits.flows /= workers;
  limits.waiting /= workers;
  limits.memories /= workers;
  limits.waiting_bytes /= workers;
  return limits;
}

}  // namespace

Workers::Workers(const SharedPolicy& policy, std::uint64_t seed, const Limits& limits,
                 const Plan& plan, const DriverOptions& options) {
  const unsigned count = options.forwarding.hook.workers;
  const auto shared =
      count == 1 ? std::make_shared<SharedState>() : std::make_shared<LockedSharedState>();
  for (unsigned i = 0; i < count; ++i) {
    DriverOptions own = options;
    own.forwarding.hook.queue = static_cast<std::uint16_t>(own.forwarding.hook.queue + i);
    own.forwarding.hand_over = [this](Stray stray) { hand_over(std::move(stray)); };
    workers_.push_back(
        std::make_unique<Worker>(Engine(policy, seed, share_of(limits, count),
                                        {.worker = i, .workers = count, .shared = shared}),
                                 plan, own));
  }
}

void Workers::add(Observer& observer) {
  if (workers_.size() == 1) return add_parallel(observer);
  add_parallel(*locked_.emplace_back(std::make_unique<LockedObserver>(observer)));
}

void Workers::add_parallel(Observer& observer) {
  for (const auto& worker : workers_) worker->driver().add(observer);
}

void Workers::start() {
  for (const auto& worker : workers_) worker->start();
}

void Workers::stop() {
  for (const auto& worker : workers_) worker->stop();
  // Only now, as a worker may leave tasks to one that was stopped before it.
  for (const auto& worker : workers_) worker->driver().drain();
  for (const auto& worker : workers_) worker->run_tasks();
}

void Workers::each(const std::function<void(Worker&)>& task) {
  for (const auto& worker : workers_) worker->call([&] { task(*worker); });
}

void Workers::apply(const std::function<void(Engine&, Time, Actions&)>& mutation) {
  each([&](Worker& worker) { worker.driver().apply(mutation); });
}

DeviceCounters Workers::device_counters() {
  DeviceCounters total{.unsent = lost_strays_};
  each([&](Worker& worker) { total = latesyn::sum(total, worker.device().counters()); });
  return total;
}

/// On the thread of the worker that has it to give.
void Workers::hand_over(Stray stray) {
  Worker& owner = *workers_[stray.worker];
  const bool taken = owner.post([&owner, stray = std::move(stray)] {
    owner.driver().apply([&](Engine& e, Time now, Actions& out) { e.adopt(now, stray, out); });
  });
  if (!taken) ++lost_strays_;
}

}  // namespace latesyn
