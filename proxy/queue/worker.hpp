#pragma once
// One worker of a run: an engine and its driver, on a thread of their own. Only that thread may
// touch the two while it runs, and it does nothing but decide on packets: what may take its time,
// the firewall or a file, is the main thread's.

#include <atomic>
#include <thread>

#include "proxy/loop/mailbox.hpp"
#include "proxy/queue/driver.hpp"

namespace latesyn {

class Worker {
 public:
  /// At work once it is started, or while the calling thread runs its loop. Throws as
  /// NetfilterDevice does.
  Worker(Engine engine, const Plan& plan, const DriverOptions& options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Starts the thread, and ends it.
  void start();
  void stop();
  /// What was posted and has not run: for after the stop.
  void run_tasks() { mailbox_.run(); }

  Loop& loop() { return loop_; }
  Engine& engine() { return engine_; }
  NetfilterDevice& device() { return device_; }
  Driver& driver() { return driver_; }

  /// Runs `task` on the worker's thread, and returns when it is done. Throws what the task throws.
  void call(const std::function<void()>& task);
  /// Lets `task` run on the worker's thread some time later. False where too many wait for that.
  [[nodiscard]] bool post(std::function<void()> task);
  /// On the worker's thread: gives the engine one turn after the other at the errand, between
  /// packets, and then says how it was answered. An errand that a stop comes before is left.
  void run(Errand errand, const std::function<void(const Reply&)>& answered);

 private:
  void run();

  Loop loop_;
  Engine engine_;
  NetfilterDevice device_;
  Driver driver_;
  Mailbox mailbox_;
  std::thread thread_;
  std::atomic<std::thread::id> home_;  // the thread that runs the loop
};

}  // namespace latesyn
