#pragma once
// The smallest program that a packet can be queued to: it lets everything pass. What is slower than
// this is ours, what is not is the kernel's.

namespace latesyn::bench {

/// Serves queue 1 of the calling thread's namespace until it is killed: recvmmsg until it is empty,
/// one sendmsg of verdicts, headers only, offload on. Says "ready". Throws std::runtime_error.
int accept_all_loop();

}  // namespace latesyn::bench
