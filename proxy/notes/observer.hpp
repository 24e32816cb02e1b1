#pragma once
// How to watch latesyn at work.

#include "proxy/notes/note.hpp"
#include "proxy/packet/packet.hpp"

namespace latesyn {

/// Whoever watches the driver at work: logs, captures, the ladder of the lab.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Before anybody hears of it: may put right what the wire alone says of a late SYN. False where
  /// nothing is left of it that was not told before: then nobody hears of it.
  virtual bool amend(Judged& /*judged*/) { return true; }
  /// It has come to the queue, and nothing of ours has left since. Only where the forwarder is
  /// gated.
  virtual void on_queued(Bytes /*packet*/) {}
  /// One note, in order. `packet` are the bytes that it is about as they crossed the wire (cut off
  /// where the plan copies less); empty for notes that are about no packet. For an Arrived the
  /// verdict has not been given yet; for a Departed the packet has been handed to the kernel, or
  /// will be by on_settled() (where the driver is not gated).
  virtual void on_note(const Note& note, Bytes packet) = 0;
  /// False where on_note() makes nothing of the bytes: completing them takes time.
  virtual bool reads_packets() const { return true; }
  /// All verdicts and packets of this turn are with the kernel.
  virtual void on_settled(Time /*now*/) {}
};

}  // namespace latesyn
