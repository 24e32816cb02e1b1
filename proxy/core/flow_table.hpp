#pragma once
// All flows that are remembered, by their 4-tuple. Bounded: a new flow finds room only where there
// is some, or where one has been quiet for so long that its ends can have nothing to say any more.

#include <limits>
#include <memory>
#include <vector>

#include "proxy/core/connection.hpp"
#include "proxy/core/flow_index.hpp"
#include "proxy/core/late_syn_judge.hpp"
#include "proxy/core/relay.hpp"
#include "proxy/core/slab.hpp"
#include "proxy/core/waiting_store.hpp"

namespace latesyn {

/// How far the kernel shifts a flow's numbers in our place.
enum class Handover : std::uint8_t {
  none,
  answering,  // it does, and every segment still comes to us
  bypassed,   // its data pass us by
  lingering,  // the same, for as long as a last FIN may come again
  over,       // it did
};

/// What few flows have.
struct LateFlow {
  JudgedSyns syns;               // of which more may become known
  std::unique_ptr<Relay> relay;  // of the last of them (HandshakeMode::two_way)
};

struct Flow {
  explicit Flow(const FlowKey& key) : connection(key) {}
  Connection connection;
  Time last_seen;
  /// Its own number in the table, and those of its neighbours by age.
  std::uint32_t number = 0, older = kNone, newer = kNone;
  std::uint32_t asleep = WaitingStore::kNone;  // departures that wait for a trigger
  std::uint32_t scheduled = 0;                 // departures that wait for a time
  std::uint32_t relayed = 0;           // the connection that the relay, or its absence, is of
  std::unique_ptr<Relay> relay;        // where latesyn shakes hands itself
  std::unique_ptr<LateFlow> late;      // where SYNs of it came late
  std::unique_ptr<JudgedSyn> slow;     // a SYN that is late if its client has given up
  Handover handover = Handover::none;  // of the connection that the relay is of
  bool client_finished = false, server_finished = false;  // a FIN of that side was seen since
  bool has_alarm = false;                                 // of the relay's, in the engine
  bool attended = false;  // its plain ACKs matter: something of it may come late, or has
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
  /// Null where the table is full.
  Flow* make(const FlowKey& key, Time now);
  /// Tells that a segment of the flow was seen.
  void touch(Flow& flow, Time now);
  /// Whether the flow's plain ACKs matter.
  void attend(Flow& flow, bool matter);
  /// The number of those whose do.
  std::size_t attended() const { return attended_; }
  std::size_t size() const { return index_.size(); }
  /// Calls `visit` with every flow, the longest quiet first.
  template <typename Visit>
  void for_each(Visit visit) {
    for (std::uint32_t number = oldest_; number != Flow::kNone;) {
      Flow& flow = flows_[number];
      number = flow.newer;
      visit(flow);
    }
  }

 private:
  void forget_quiet(Time now);
  void append(Flow& flow);
  void unlink(Flow& flow);

  std::size_t limit_;
  FlowIndex index_;
  Slab<Flow> flows_;
  std::size_t attended_ = 0;
  std::uint32_t oldest_ = Flow::kNone, newest_ = Flow::kNone;
};

}  // namespace latesyn
