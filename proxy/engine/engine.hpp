#pragma once
// The whole core behind a few calls. It does no I/O, starts no thread and never asks for the time:
// the same policy, seed and packets at the same times give the same actions.
//
// It sees two moments of each segment: when one end has sent it, and when it leaves for the other.
// Between the two anything may happen to it, which is what latesyn is for. So whatever is said of
// a connection (its state, who is right about its numbers, whether a SYN is late) is concluded
// from what *left*, in the order in which it did, as the receiver must conclude it; and what a rule
// matches on is what the sender has *sent*. A network can lose and repeat; it can't unsend. Hence
// nothing that was concluded is ever taken back, but for one thing: a SYN claims its ports only
// once somebody who could know has confirmed it (docs/decisions/0008).

#include <limits>
#include <memory>

#include "proxy/engine/terms/action.hpp"
#include "proxy/engine/terms/command.hpp"
#include "proxy/engine/terms/engine_place.hpp"
#include "proxy/engine/terms/incoming.hpp"
#include "proxy/engine/terms/limits.hpp"
#include "proxy/notes/counters.hpp"
#include "proxy/policy/rule_book.hpp"
#include "proxy/policy/shared_policy.hpp"

namespace latesyn {

class Engine {
 public:
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  /// One of several engines of a run (worker_split.hpp) has its own limits, but for `late_syns`,
  /// which is counted for all of them.
  Engine(SharedPolicy policy, std::uint64_t seed, Limits limits = {}, EnginePlace place = {});
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  /// One packet from the queue. What it causes at once is appended to `out`: an Arrived first, and
  /// for whatever leaves at once a Transmit or Judge and its Departed. Malformed or foreign packets
  /// are accepted and counted, without a note.
  Verdict on_packet(Time now, const Incoming& packet, Actions& out);
  /// After a Verdict::replace: what the packet goes on with, its TCP checksum whole (that of a
  /// bundle is left to the kernel), its hop still to take. Valid until the next call.
  Bytes replacement() const;
  /// Sends what has come due by `now`, so many departures at most; where next_wakeup() is not
  /// behind `now` then, there are more.
  void on_time(Time now, Actions& out, std::size_t most = kAll);
  /// When to call on_time next; none while nothing waits for a time.
  std::optional<Time> next_wakeup() const;
  /// Does what whoever steers wants, or the next batch of it, until it is done.
  void obey(Time now, Errand& errand, Actions& out);
  /// The same to its end, where no packets come meanwhile.
  Reply obey(Time now, EngineCommand command, Actions& out);
  /// What waits, so many at most, from `from` on: first HeldId(), then where the last page ended.
  HeldPage held(HeldId from, std::size_t most) const;
  /// Sends what another engine's rules have made of a flow that is ours.
  void adopt(Time now, Stray stray, Actions& out);
  /// The client of that connection was seen to be gone when a SYN of it left late (its socket is
  /// no more): that SYN came late. Its client's answer tells the same, where there is one.
  void gave_up(Time now, const FlowKey& flow, Actions& out);
  /// Sends an ICMP error of ours about a packet that was to leave us: its sender finds the numbers
  /// in it that it knows.
  void tell_sender(Packet error, Actions& out);
  /// True while something that waits may come late into its connection, or has: then a plain ACK
  /// may tell what becomes of it. The ACKs in the middle of a connection never do.
  bool awaits_acks() const;
  /// Whether the kernel can shift the numbers of joined flows in our place: then Splice, Bypass and
  /// Unsplice say which. No longer: all that it shifts are ours again.
  void offer_splices(bool offered, Actions& out);
  /// Another policy for the packets to come. What waits already leaves as it was planned.
  void use(Time now, SharedPolicy policy, Actions& out);

  const Policy& policy() const;
  const Counters& counters() const;
  /// Departures that wait: for a time or for a trigger.
  std::size_t waiting() const;
  /// Those of them that wait for a time: somebody may measure when they leave.
  std::size_t scheduled() const;
  /// Takes a look at every flow.
  Tables tables() const;
  /// What each rule and each [[replay]] has done, in the policy's order; after a reload also those
  /// of the policies before.
  const std::vector<RuleCount>& rule_counts() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace latesyn
