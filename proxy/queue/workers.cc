#include "proxy/queue/workers.hpp"

#include <mutex>
#include <optional>
#include <utility>

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

/// Those who were asked the same, and what they have answered so far.
class Asked {
 public:
  Asked(std::size_t count, std::function<void(const Reply&)> answered)
      : open_(count), answered_(std::move(answered)) {}

  void answer(const Reply& reply) {
    {
      const std::lock_guard lock(mutex_);
      reply_ = reply_ ? joined(*reply_, reply) : reply;
      if (--open_ != 0) return;
    }
    answered_(*reply_);
  }

 private:
  std::mutex mutex_;
  std::size_t open_;
  std::optional<Reply> reply_;
  std::function<void(const Reply&)> answered_;
};

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
    workers_.push_back(std::make_unique<Worker>(Engine(policy, seed, share_of(limits, count),
                                                       {.worker = i,
                                                        .workers = count,
                                                        .shared = shared,
                                                        .stand = options.forwarding.hook.stand}),
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

void Workers::obey(const EngineCommand& command, std::function<void(const Reply&)> answered) {
  std::vector<Worker*> concerned;
  const HeldId* const id = id_of(command);
  for (unsigned i = 0; i < workers_.size(); ++i) {
    if (id == nullptr || id->worker() == i) concerned.push_back(workers_[i].get());
  }
  if (concerned.empty()) return answered({.refusal = std::string(kNotHeld)});
  const auto asked = std::make_shared<Asked>(concerned.size(), std::move(answered));
  for (Worker* worker : concerned) {
    const bool taken = worker->post([worker, asked, command] {
      worker->run(Errand(command), [asked](const Reply& reply) { asked->answer(reply); });
    });
    if (!taken) asked->answer({.refusal = "too much is to be done already"});
  }
}

HeldPage Workers::held(HeldId from, std::size_t most) {
  HeldPage page;
  if (from.worker() >= workers_.size()) return page;
  Worker& worker = *workers_[from.worker()];
  worker.call([&] { page = worker.engine().held(from, most); });
  const unsigned next = from.worker() + 1;
  if (!page.next && next < workers_.size()) page.next = HeldId::of(next, 0, 0);
  return page;
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
