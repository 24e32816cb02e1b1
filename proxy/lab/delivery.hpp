#pragma once
// Waits until the kernel has delivered what it was given to send.
//
// A veth link hands a packet to the processor's backlog, and usually the call that sent it also
// works that off before it returns. Not always: while ksoftirqd has work, Linux before 6.4 leaves
// the backlog to it, and it has to wait for the processor that we are on. So we send a datagram to
// ourselves, over the loopback: it stands in the same backlog, behind all that was sent before
// (first in, first out; all of the lab is on one processor, scheduling.hpp). Once it has come, the
// segments in front of it have reached the sockets of their receivers.

#include <cstdint>

#include "proxy/linux/descriptor.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class Delivery {
 public:
  /// Of what is sent in the calling thread's network namespace, whose loopback is up. `patience` is
  /// for all waits together that come to nothing. Throws std::runtime_error.
  explicit Delivery(Duration patience = std::chrono::seconds(3));

  /// Returns when what was sent before has been delivered, or patience is over.
  void await();
  /// How many waits came to nothing.
  std::uint64_t missed() const { return missed_; }

 private:
  bool comes();
  bool has_come();

  Descriptor socket_;
  Duration patience_;
  std::uint64_t sent_ = 0, missed_ = 0;
};

}  // namespace latesyn
