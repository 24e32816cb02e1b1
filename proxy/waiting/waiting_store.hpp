#pragma once
// Departures that wait, each in one small piece of memory: hundreds of thousands may wait at once,
// and all of them for one connection. What only the matching of rules reads of a segment (its
// position, its connection's state) is not kept.

#include <deque>
#include <limits>
#include <memory>
#include <vector>

#include "proxy/waiting/schedule.hpp"

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
  /// What take() would give.
  Waiting look_at(std::uint32_t number, const FlowKey& flow) const;

  /// All numbers that were ever given out are below this; not all are in use.
  std::uint32_t numbers() const { return static_cast<std::uint32_t>(places_.size()); }
  bool keeps(std::uint32_t number) const {
    return number < places_.size() && places_[number].piece != nullptr;
  }
  /// A number is given out again, with another generation: never twice with the same.
  std::uint32_t generation(std::uint32_t number) const { return places_[number].generation; }
  /// The rule that is credited with it (Credit), and the connection that it is of.
  RuleNumber rule_of(std::uint32_t number) const { return header(number).rule; }
  std::uint32_t connection_of(std::uint32_t number) const { return header(number).connection; }
  Trigger trigger_of(std::uint32_t number) const { return header(number).once; }

  /// Remembers the timer of one that waits for a time.
  void set_timer(std::uint32_t number, std::uint32_t timer) { places_[number].link = timer; }
  std::uint32_t timer_of(std::uint32_t number) const { return places_[number].link; }
  /// Whether it is in one of the lists of those that wait for a trigger.
  bool sleeps(std::uint32_t number) const { return header(number).sleeps; }

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

  /// What one that sleeps waits for; `before`: of the connection before, which may go on.
  struct Awaited {
    Trigger trigger;
    bool before = false;
    bool operator==(const Awaited&) const = default;
  };
  /// Some that sleep: a list for each Awaited, so that to wake one's costs nothing of the others'.
  struct Sleepers {
    std::uint32_t first = kNone;  // the last one pushed of one of the lists
    std::uint32_t count = 0;
    bool empty() const { return count == 0; }
  };
  void push(Sleepers& sleepers, std::uint32_t number, bool before = false);
  /// All of them are of the connection before from now on; each becomes so only once.
  void supersede(Sleepers& sleepers);
  /// Takes those that wait for this out of the lists, not out of the store: in the order in which
  /// they were pushed.
  std::vector<std::uint32_t> wake(Sleepers& sleepers, Awaited awaited);
  /// Takes this one out of its list, not out of the store.
  void rouse(Sleepers& sleepers, std::uint32_t number);

  /// What all that it keeps takes: the packets, what is known of each, and those that the kernel
  /// keeps for it.
  std::uint64_t bytes() const { return bytes_; }
  /// What one departure of a packet of so many bytes takes, or a little less.
  static constexpr std::uint64_t bytes_of(std::size_t packet) { return sizeof(Header) + packet; }

 private:
  /// What stands before the bytes of the packet.
  struct Header {
    Time arrived;
    std::uint32_t order, flow, rule, connection, copy, shown_seq, shown_ack;
    std::uint32_t below;             // in its list: who was pushed before it
    std::uint32_t beside;            // of the last one pushed: that of another list
    std::uint32_t packet_size : 18;  // at most 64 KB and headers
    bool sleeps : 1;
    bool before : 1;  // see Awaited
    Trigger once : 2;
    Origin origin : 2;
    SegmentKind kind : 4;
    Side from : 1, to : 1;
    Life life : 1;
    bool is_plain : 1;
    Awaited awaited() const { return {once, before}; }
  };
  static_assert(sizeof(Header) == 48);
  /// What stands behind them where the packet does not say it, or it is not as with most.
  /// Behind it stand the numbers of the rules that changed it.
  struct Special {
    Flags flags;
    Seq seq, ack;
    std::uint32_t payload_size = 0;
    Duration after{};
    std::optional<HandshakeChoice> handshake;
    bool changed = false;
    std::optional<Unreachable> icmp;
    std::optional<Parked> parked;
    std::uint32_t changers = 0;
    std::optional<SegmentNumbers> numbers;
  };
  using Piece = std::unique_ptr<std::byte[]>;
  struct Place {
    Piece piece;  // none: free
    std::uint32_t generation = 0;
    std::uint32_t link = kNone;  // its timer; of one that sleeps: who was pushed behind it
  };
  Header header(std::uint32_t number) const;
  Special special(std::uint32_t number, const Header& header) const;
  void change(std::uint32_t number, const Header& header);
  std::uint32_t keep(Piece piece);
  std::uint32_t last_of(const Sleepers& sleepers, Awaited awaited) const;
  std::uint32_t unlink(Sleepers& sleepers, Awaited awaited);
  void forget(std::uint32_t number);

  std::uint64_t bytes_ = 0;
  std::deque<Place> places_;
  std::vector<std::uint32_t> free_;
};

}  // namespace latesyn
