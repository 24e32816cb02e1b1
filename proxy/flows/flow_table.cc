#include "proxy/flows/flow_table.hpp"

#include <algorithm>

namespace latesyn {
namespace {

/// Four minutes: 2 MSL of RFC 9293 section 3.4.2, after which a closed connection's numbers are
/// free.
constexpr Duration kClosedQuiet = std::chrono::minutes(4);
/// Two hours: as long as Linux lets a connection be idle before it asks (tcp_keepalive_time).
constexpr Duration kOpenQuiet = std::chrono::hours(2);
/// As long as connection tracking keeps an entry that sees no segment
/// (nf_conntrack_tcp_timeout_established).
constexpr Duration kSplicedQuiet = std::chrono::days(5);
/// How many quiet flows are looked at for each new one: two keep pace, whatever the load.
constexpr int kLooksPerFlow = 2;
/// How many are looked at, where the table is full, for one that can go.
constexpr int kLooksForRoom = 8;

/// Something of it is yet to come.
bool pinned(const Flow& flow) {
  return !flow.asleep.empty() || flow.scheduled != 0 || flow.has_alarm;
}

/// The kernel shifts its numbers: of its data nothing is seen, and its end is ours to shift.
bool is_spliced(const Flow& flow) {
  return flow.handover == Handover::answering || flow.handover == Handover::bypassed;
}

Duration quiet_of(const Flow& flow) {
  if (!flow.lasting) return kUnansweredQuiet;
  if (is_spliced(flow)) return kSplicedQuiet;
  return flow.connection.is_open() ? kOpenQuiet : kClosedQuiet;
}

}  // namespace

FlowTable::~FlowTable() {
  for_each([this](Flow& flow) { flows_.remove(flow.number); });
}

Flow* FlowTable::find(const Endpoint& from, const Endpoint& to) {
  const auto number = index_.find(hash_of_ends(from, to), [&](std::uint32_t candidate) {
    return flows_[candidate].connection.ends().joins(from, to);
  });
  return number ? &flows_[*number] : nullptr;
}

Flow* FlowTable::make(const FlowKey& key, Time now) {
  for (Ages& ages : ages_) forget_quiet(ages, now);
  if (index_.size() >= limit_ && !evict(now)) return nullptr;
  const std::uint32_t number = flows_.make(key);
  Flow& flow = flows_[number];
  flow.number = number;
  flow.last_seen = now;
  index_.add(hash_of_ends(key.client, key.server), number);
  append(flow);
  return &flow;
}

bool FlowTable::lasts(const Flow& flow) const {
  return flow.late || flow.handover != Handover::none || flow.connection.conversed(sees_all_);
}

void FlowTable::touch(Flow& flow, Time now) {
  flow.last_seen = now;
  const bool lasting = lasts(flow);
  if (lasting == flow.lasting && ages_of(flow).newest == flow.number) return;
  unlink(flow);
  flow.lasting = lasting;
  append(flow);
}

/// From the handshake to the first FIN nothing comes late that waits for the close, and after it
/// counts what was acknowledged since that FIN.
void FlowTable::attend(Flow& flow) {
  const auto is_between = [&flow] {
    const auto life = flow.connection.current();
    return life && life->state() == ConnectionState::established;
  };
  const bool waits = !flow.asleep.empty() || flow.scheduled != 0;
  const bool has_late = flow.slow || (flow.late && !flow.late->syns.empty());
  attend(flow, has_late || (waits && !is_between()));
}

void FlowTable::attend(Flow& flow, bool matter) {
  if (flow.attended == matter) return;
  flow.attended = matter;
  matter ? ++attended_ : --attended_;
}

void FlowTable::append(Flow& flow) {
  Ages& ages = ages_of(flow);
  flow.older = ages.newest;
  flow.newer = Flow::kNone;
  (ages.newest == Flow::kNone ? ages.oldest : flows_[ages.newest].newer) = flow.number;
  ages.newest = flow.number;
}

void FlowTable::unlink(Flow& flow) {
  Ages& ages = ages_of(flow);
  (flow.older == Flow::kNone ? ages.oldest : flows_[flow.older].newer) = flow.newer;
  (flow.newer == Flow::kNone ? ages.newest : flows_[flow.newer].older) = flow.older;
}

void FlowTable::forget(Flow& flow) {
  unlink(flow);
  const FlowKey key = flow.connection.flow();
  index_.remove(hash_of_ends(key.client, key.server), flow.number);
  attend(flow, false);
  flows_.remove(flow.number);
}

void FlowTable::forget_quiet(Ages& ages, Time now) {
  for (int i = 0; i < kLooksPerFlow && ages.oldest != Flow::kNone; ++i) {
    Flow& oldest = flows_[ages.oldest];
    if (now - oldest.last_seen < std::min(kUnansweredQuiet, kClosedQuiet)) return;
    if (!pinned(oldest) && now - oldest.last_seen >= quiet_of(oldest)) {
      forget(oldest);
    } else {
      // Out of the way of those behind it; its age stays.
      unlink(oldest);
      append(oldest);
    }
  }
}

/// What was asked longest ago, and has come to nothing, makes room.
bool FlowTable::evict(Time now) {
  Ages& ages = ages_[0];
  for (int i = 0; i < kLooksForRoom && ages.oldest != Flow::kNone; ++i) {
    Flow& oldest = flows_[ages.oldest];
    if (oldest.last_seen < now && !pinned(oldest)) {
      forget(oldest);
      ++evicted_;
      return true;
    }
    unlink(oldest);
    append(oldest);
  }
  return false;
}

}  // namespace latesyn
