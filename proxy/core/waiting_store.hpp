#pragma once
// Departures that wait, each in one small piece of memory: hundreds of thousands may wait at once.
// What only the matching of rules reads of a segment (its position, its connection's state) is not
// kept.

#include <absl/container/flat_hash_map.h>

#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "proxy/core/schedule.hpp"

namespace latesyn {

class WaitingStore {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// Keeps a departure of the flow of that number; returns what it is taken out with.
  std::uint32_t put(const Waiting& waiting, std::uint32_t flow);
  /// The number of the flow that it came with.
  std::uint32_t flow_of(std::uint32_t number) const { return header(number).flow; }
  /// Gives it back, and forgets it; `flow` is the key of its flow.
  Waiting take(std::uint32_t number, const FlowKey& flow);

  /// What decides when one leaves, and before which others.
  struct Order {
    Time arrived;
    std::uint32_t order = 0, number = 0;
    /// Orders wrap; two of the same moment are never far apart.
    friend bool operator<(const Order& a, const Order& b) {
      return a.arrived != b.arrived ? a.arrived < b.arrived : Seq{a.order} - Seq{b.order} < 0;
    }
  };
  Order order_of(std::uint32_t number) const;
  Duration after(std::uint32_t number) const;

  /// A list of some that sleep is known by its `head`, which is kNone where it is empty.
  void push(std::uint32_t& head, std::uint32_t number);
  bool any(std::uint32_t head, Trigger trigger) const;
  /// Takes those that wait for `trigger` out of the list, not out of the store: in the order in
  /// which they were pushed.
  std::vector<std::uint32_t> wake(std::uint32_t& head, Trigger trigger);

 private:
  /// What stands before the bytes of the packet.
  struct Header {
    Time arrived;
    std::uint32_t order, flow, rule, connection, copy, shown_seq, shown_ack;
    std::uint32_t below;  // in its list
    std::uint32_t packet_size;
    Side from : 1, to : 1;
    SegmentKind kind : 4;
    Life life : 1;
    Origin origin : 2;
    Trigger once : 2;
    bool is_plain : 1;
  };
  /// What stands behind them where the packet does not say it, or it is not as with most.
  struct Special {
    Flags flags;
    Seq seq, ack;
    std::uint32_t payload_size = 0;
    Duration after{};
    std::optional<HandshakeChoice> handshake;
    bool changed = false;
    std::optional<Unreachable> icmp;
    std::optional<std::uint32_t> queue_id;
  };
  using Piece = std::unique_ptr<std::byte[]>;
  Header header(std::uint32_t number) const;
  Special special(std::uint32_t number, const Header& header) const;
  void change(std::uint32_t number, const Header& header);
  std::uint32_t keep(Piece piece);
  std::uint32_t number_of_rule(const std::string& name);

  std::deque<Piece> pieces_;
  std::vector<std::uint32_t> free_;  // their places
  std::vector<std::string> rules_;   // the names of those that any waited for
  absl::flat_hash_map<std::string, std::uint32_t> rule_numbers_;
};

}  // namespace latesyn
