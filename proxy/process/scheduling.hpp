#pragma once
// When the lab runs, and when its programs do. It makes the ladder's states exact: nothing moves
// while we look at the sockets.
//
// All of the lab is on one processor. So what the kernel does with a segment is done when our call
// returns, and a program that it wakes up has to wait for the processor. Programs run as
// SCHED_BATCH, which never takes it from us; and where we may, we run ahead of all ordinary
// programs (promptness.hpp), so that nobody else takes it for them on a busy machine.

namespace latesyn {

/// For the calling thread, and on the same processor all that it starts. Throws std::runtime_error.
void schedule_lab();

/// What the calling thread starts meanwhile is scheduled as SCHED_BATCH.
class BatchScheduling {
 public:
  BatchScheduling();
  ~BatchScheduling();
  BatchScheduling(const BatchScheduling&) = delete;
  BatchScheduling& operator=(const BatchScheduling&) = delete;
};

}  // namespace latesyn
