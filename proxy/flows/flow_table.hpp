#pragma once
// All flows that are remembered, by their 4-tuple. Bounded: a new flow finds room only where there
// is some, where one has been quiet for so long that its ends can have nothing to say any more, or
// where one never was more than a question: those of a flood make room for each other.

#include <array>
#include <limits>
#include <memory>
#include <vector>

#include "proxy/flows/flow_index.hpp"
#include "proxy/flows/flow_memory.hpp"
#include "proxy/flows/slab.hpp"
#include "proxy/handshake/relay.hpp"
#include "proxy/tcp/connection.hpp"
#include "proxy/tcp/late_syn_judge.hpp"
#include "proxy/tcp/sequence_progress.hpp"
#include "proxy/waiting/waiting_store.hpp"

namespace latesyn {

/// As long as a client of Linux' asks (tcp_syn_retries); between two SYNs lie 120 s at most
/// (TCP_RTO_MAX).
constexpr Duration kUnansweredQuiet = std::chrono::seconds(127);

/// How far the kernel shifts a flow's numbers in our place.
enum class Handover : std::uint8_t {
  none,
  answering,  // it does, and every segment still comes to us
  bypassed,   // its data pass us by
  lingering,  // the same, for as long as a last FIN may come again
  over,       // it did
};

/// A connection that a client's SYN asks for on ports that a relay still has: whoever knows the
/// ports can send such a SYN, so it takes the place of the other only once it was answered.
struct Heir {
  std::uint32_t connection = 0;
  Seq isn;                       // of its SYN
  Time asked;                    // when that came last
  std::unique_ptr<Relay> relay;  // none where the ends shake hands themselves
};

/// What few flows have.
struct LateFlow {
  JudgedSyns syns;               // of which more may become known
  std::unique_ptr<Relay> relay;  // of the last of them (HandshakeMode::two_way)
  std::unique_ptr<Heir> heir;
};

struct Flow {
  explicit Flow(const FlowKey& key) : connection(key) {}
  Connection connection;
  Time last_seen;
  /// Its own number in the table, and those of its neighbours by age.
  std::uint32_t number = 0, older = kNone, newer = kNone;
  WaitingStore::Sleepers asleep;    // departures that wait for a trigger
  std::uint32_t scheduled = 0;      // departures that wait for a time
  std::uint32_t relayed = 0;        // the connection that the relay, or its absence, is of
  std::unique_ptr<Relay> relay;     // where latesyn shakes hands itself
  std::unique_ptr<LateFlow> late;   // where SYNs of it came late
  std::unique_ptr<JudgedSyn> slow;  // a SYN that is late if its client has given up
  std::unique_ptr<SequenceProgress> progress;  // where packets of ours leave later than made
  std::unique_ptr<FlowMemory> memory;          // where rules remember something of it
  Handover handover : 3 = Handover::none;      // of the connection that the relay is of
  bool client_finished : 1 = false, server_finished : 1 = false;  // a FIN was seen since
  bool has_alarm : 1 = false;                                     // of the relay's, in the engine
  bool attended : 1 = false;  // its plain ACKs matter: something of it may come late, or has
  bool lasting : 1 = false;   // its ends were seen to converse, or it matters for another reason
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
};

class FlowTable {
 public:
  explicit FlowTable(std::size_t limit) : limit_(limit) {}
  ~FlowTable();
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  /// The flow of a segment in either direction; null where there is none.
  Flow* find(const Endpoint& from, const Endpoint& to);
  /// The flow of that number.
  Flow& operator[](std::uint32_t number) { return flows_[number]; }
  /// Null where the table is full. No flow that was seen at `now` makes room for it.
  Flow* make(const FlowKey& key, Time now);
  /// Tells that a segment of the flow was seen, or left.
  void touch(Flow& flow, Time now);
  /// Finds out whether the flow's plain ACKs matter: while something of it may come late, or has.
  void attend(Flow& flow);
  /// The number of those whose do.
  std::size_t attended() const { return attended_; }
  /// Whether every segment is seen: a client that answers a SYN-ACK can be told then from one that
  /// never does.
  void see_all(bool all) { sees_all_ = all; }
  /// Those that made room, when the table was full, before their time.
  std::uint64_t evicted() const { return evicted_; }
  std::size_t size() const { return index_.size(); }
  /// Calls `visit` with every flow.
  template <typename Visit>
  void for_each(Visit visit) {
    for (const Ages& ages : ages_) {
      for (std::uint32_t number = ages.oldest; number != Flow::kNone;) {
        Flow& flow = flows_[number];
        number = flow.newer;
        visit(flow);
      }
    }
  }

 private:
  /// By age, the longest quiet first; but some that can't be forgotten yet stand behind others.
  struct Ages {
    std::uint32_t oldest = Flow::kNone, newest = Flow::kNone;
  };
  Ages& ages_of(const Flow& flow) { return ages_[flow.lasting ? 1 : 0]; }
  bool lasts(const Flow& flow) const;
  void forget_quiet(Ages& ages, Time now);
  bool evict(Time now);
  void forget(Flow& flow);
  void attend(Flow& flow, bool matter);
  void append(Flow& flow);
  void unlink(Flow& flow);

  std::size_t limit_;
  FlowIndex index_;
  Slab<Flow> flows_;
  std::size_t attended_ = 0;
  std::array<Ages, 2> ages_;  // of those that do not last, and of those that do
  std::uint64_t evicted_ = 0;
  bool sees_all_ = true;
};

}  // namespace latesyn
