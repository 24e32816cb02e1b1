#include "proxy/queue/worker.hpp"

#include <csignal>
#include <future>
#include <utility>

#include "proxy/linux/promptness.hpp"
#include "proxy/linux/rights.hpp"

namespace latesyn {
namespace {

/// Beyond that one thread makes work for another faster than that can do it.
constexpr std::size_t kTasksMax = 100'000;

/// They are the main thread's, and here would only interrupt system calls.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

Worker::Worker(Engine engine, const Plan& plan, const DriverOptions& options)
    : engine_(std::move(engine)),
      device_(options.forwarding.hook, plan),
      driver_(engine_, device_, options, loop_.get()),
      mailbox_(loop_),
      home_(std::this_thread::get_id()) {}

Worker::~Worker() { stop(); }

void Worker::start() {
  thread_ = std::thread([this] { run(); });
  home_ = thread_.get_id();
}

void Worker::run() {
  block_signals();
  keep_packet_rights();
  run_in_short_turns();
  loop_.run();
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  mailbox_.put([this] { loop_.stop(); });
  thread_.join();
  home_ = std::this_thread::get_id();
}

void Worker::call(const std::function<void()>& task) {
  if (std::this_thread::get_id() == home_) return task();
  // Shared: its thread still touches it when ours goes on.
  const auto job = std::make_shared<std::packaged_task<void()>>(task);
  auto done = job->get_future();
  mailbox_.put([job] { (*job)(); });
  done.get();
}

void Worker::run(Errand errand, const std::function<void(const Reply&)>& answered) {
  driver_.apply([&errand](Engine& e, Time now, Actions& out) { e.obey(now, errand, out); });
  if (errand.done()) return answered(errand.reply());
  mailbox_.put(
      [this, errand = std::move(errand), answered]() mutable { run(std::move(errand), answered); });
}

bool Worker::post(std::function<void()> task) {
  if (mailbox_.size() >= kTasksMax) return false;
  mailbox_.put(std::move(task));
  return true;
}

}  // namespace latesyn
