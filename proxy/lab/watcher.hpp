#pragma once
// Looks at both ends' sockets before and after each segment, and writes the ladder and the late
// SYNs' histories with what it sees. It changes nothing.

#include <absl/container/flat_hash_map.h>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "proxy/lab/delivery.hpp"
#include "proxy/lab/ladder/ladder.hpp"
#include "proxy/lab/ladder/late_syn_history.hpp"
#include "proxy/notes/late_syn_list.hpp"
#include "proxy/policy/lab_facts.hpp"
#include "proxy/queue/driver.hpp"

namespace latesyn {

class Watcher final : public Observer {
 public:
  /// More connections than these are not watched, but counted; more segments of one are not
  /// written down, but counted.
  static constexpr std::size_t kFlowsMax = 1000, kRowsMax = 200;

  /// `delivery` must outlive this: of what leaves between the two hosts. Throws std::runtime_error
  /// where sockets can't be read.
  Watcher(const Namespace& client, const Namespace& server, Delivery& delivery);

  /// Nobody hears the wire's word about a late SYN where the sockets know better.
  bool amend(Judged& judged) override;
  void on_queued(Bytes packet) override;
  void on_note(const Note& note, Bytes packet) override;
  void on_settled(Time now) override;
  /// Watches a connection from before its first segment on.
  void expect(const FlowKey& flow);
  /// Something was released by hand: the first connection's ladder says so.
  void discarded(const Discarded& note);
  void released(Time now);
  /// Looks at those connections again that may change without a segment.
  void look(Time now);
  /// Looks at all of them.
  void look_at_all(Time now);
  /// The state of one end of the connection that was begun last.
  SocketState state(Side end, Time now);
  /// How many packets left later than they came, or were forged or copied, by this rule.
  std::uint64_t departures(const std::string& rule) const;
  /// What was seen of one end's sockets; its counters are for others to add.
  EndFacts facts(Side end, const std::vector<LadderFlow>& ladder) const;

  /// True where `server` is listened on, as a client at `client` would find it.
  bool listens(const Endpoint& client, const Endpoint& server);
  /// True once all connections are closed or in TIME-WAIT, and nothing can come of any late SYN.
  bool settled() const;
  /// When the first segment came.
  std::optional<Time> began() const { return began_; }
  /// The last segment that came or left, and the last that left late.
  Time last_segment() const { return last_segment_; }
  Time last_departure() const { return last_departure_; }

  /// What the sockets have told by `now` about late SYNs, and was not told before.
  std::vector<Judged> news(Time now);
  /// Connections whose client was gone when a SYN of theirs left; each is said once.
  std::vector<FlowKey> given_up() { return std::exchange(given_up_, {}); }
  /// All that was written down; time counts from the first segment.
  std::vector<LadderFlow> ladder(Time now);
  std::uint64_t flows_left_out() const { return flows_left_out_; }

 private:
  struct LeftSyn {
    Time departed;
    Seq isn;
    LateSynHistory history;
  };
  struct Watched {
    LadderFlow ladder;
    SocketReading client, server;
    std::uint64_t waiting = 0;             // departures still to come
    std::vector<std::uint32_t> late_syns;  // their ids
    /// SYNs that have left, and are late if somebody says so.
    std::vector<LeftSyn> left;
    SocketState written_a = SocketState::unknown, written_b = SocketState::unknown;  // the last
  };

  /// A segment that waits for its turn, and how its sender was when it had sent it.
  struct Queued {
    Endpoint from, to;
    Seq seq;
    Flags flags;
    SocketReading sender;
  };

  std::optional<SocketReading> sender_of(const Segment& segment);
  void arrived(const Arrived& note);
  void departed(const Departed& note);
  void resumed(const Resumed& note);
  void sent(const IcmpSent& note);
  void succeed(Watched& watched, const Segment& syn);
  LateSynHistory history_of(Watched& watched, const LateSyn& late);
  Watched* find(const Segment& segment);
  void look(Watched& watched, Time at);
  void read(Watched& watched, Time at);
  void note_change(Watched& watched, Time at);
  void write(Watched& watched, const Note& note, std::string remark);
  void complete(Time now);
  bool may_change(const Watched& watched) const;

  Delivery& delivery_;
  SocketStates client_states_, server_states_;
  absl::flat_hash_map<FlowKey, std::size_t> index_;
  std::vector<Watched> watched_;
  /// By the late SYN's id; none where its connection is not watched.
  std::map<std::uint32_t, LateSynHistory> histories_;
  std::deque<Queued> queued_;
  LateSynList wire_, told_;  // the late SYNs as the wire tells of them, and as was told
  std::vector<FlowKey> given_up_;
  /// The connection whose last row waits for its segment's receiver to be looked at.
  std::optional<std::size_t> incomplete_;
  std::size_t begun_last_ = 0;
  std::set<SocketState> client_reached_, server_reached_;
  std::map<std::string, std::uint64_t> departures_;
  std::optional<Time> began_;
  Time last_segment_, last_departure_;
  std::uint64_t flows_left_out_ = 0;
};

}  // namespace latesyn
