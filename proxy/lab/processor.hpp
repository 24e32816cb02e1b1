#pragma once
// One processor for the whole lab. It makes the ladder's states exact: what the kernel does with a
// segment is done when our call returns, and a program that it woke up (scheduled as SCHED_BATCH,
// see child.hpp) does not run before we wait again, so that nothing moves while we look.

namespace latesyn {

/// Binds the calling thread, and all that it starts, to the processor that it runs on. Throws
/// std::runtime_error.
void stay_on_one_processor();

}  // namespace latesyn
