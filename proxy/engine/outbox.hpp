#pragma once
// What waits to leave: for a time, asleep until something has happened to its connection, or in
// the kernel's queue for either. Of a flow that has something here the table keeps hold.

#include <absl/container/flat_hash_map.h>

#include "proxy/engine/rules/pipeline.hpp"
#include "proxy/engine/terms/limits.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/notes/counters.hpp"
#include "proxy/waiting/waiting_store.hpp"

namespace latesyn {

/// A departure that waits has yet to come to a rule that remembers.
struct Pause {
  std::vector<Pending> rules;  // that one, and those behind it
  std::size_t most = 1;        // departures that may come of it
  Making making = Making::none;
  Duration wait{};  // of its credit so far
};

class Outbox {
 public:
  /// The flows of what it keeps are the table's.
  Outbox(FlowTable& flows, const Limits& limits) : flows_(flows), limits_(limits) {}

  /// The counter of the bound that leaves no room for all that a packet of the flow has come to;
  /// null where there is room.
  std::uint64_t Counters::*full(const Flow& flow, const Departures& departures,
                                const std::optional<Parked>& parked) const;
  /// Whether one packet more may wait in the kernel's queue. One that `can_be_kept` here leaves the
  /// last places there to those that can't.
  bool can_park(bool can_be_kept) const;
  /// The first of so many numbers in the order of all departures.
  std::uint32_t number(std::size_t departures);
  std::uint32_t next_number() const { return next_order_; }

  /// Takes in what leaves later; with a pause it comes to those rules then.
  void keep(Flow& flow, Waiting waiting, Time now, std::optional<Pause> pause = {});

  struct Due {
    Flow* flow = nullptr;
    Waiting waiting;
    std::optional<Pause> pause;
  };
  /// One that is to leave by `now`, the first first; none: there is none.
  std::optional<Due> take(Time now);
  /// What slept until that has happened to the flow's connection sleeps no more: from now on it
  /// waits for the rest of its time. What happens to one of two connections that claim the ports
  /// wakes nothing of the other's. Returns how many.
  std::uint32_t wake(Flow& flow, Trigger trigger, std::uint32_t connection, Time now);
  /// All that sleeps is of the connection that may go on beside a new one.
  void supersede(Flow& flow) { store_.supersede(flow.asleep); }

  /// By hand, each by its number in the store. True for one that slept.
  bool release(std::uint32_t number, Time now);
  /// Takes it out: it never leaves.
  Waiting discard(std::uint32_t number);
  /// False for one that sleeps, which has no time to leave.
  bool delay(std::uint32_t number, Duration by);
  const WaitingStore& store() const { return store_; }
  /// The flow of one of those in the store, and its time; none: it sleeps.
  Flow& flow_of(std::uint32_t number) const { return flows_[store_.flow_of(number)]; }
  std::optional<Time> due(std::uint32_t number) const;

  std::optional<Time> next() const { return schedule_.next(); }
  std::size_t scheduled() const { return schedule_.size(); }
  std::size_t size() const { return scheduled() + asleep_; }

 private:
  void set_due(std::uint32_t number, Time due);
  void cancel(std::uint32_t number);
  void rouse(Flow& flow, std::uint32_t number);
  Waiting take_out(Flow& flow, std::uint32_t number);

  FlowTable& flows_;
  Limits limits_;
  WaitingStore store_;
  Schedule schedule_;
  absl::flat_hash_map<std::uint32_t, Pause> pauses_;  // of those in the store, by number
  std::size_t asleep_ = 0, parked_ = 0;
  std::uint32_t next_order_ = 0;
};

}  // namespace latesyn
