#include "proxy/core/flow_table.hpp"

namespace latesyn {
namespace {

/// Four minutes: 2 MSL of RFC 9293 section 3.4.2, after which a closed connection's numbers are
/// free.
constexpr Duration kClosedQuiet = std::chrono::minutes(4);
/// Two hours: as long as Linux lets a connection be idle before it asks (tcp_keepalive_time).
constexpr Duration kOpenQuiet = std::chrono::hours(2);
/// How many quiet flows are looked at for each new one: two keep pace, whatever the load.
constexpr int kLooksPerFlow = 2;

bool forgettable(const Flow& flow, Time now) {
  if (!flow.asleep.empty() || flow.scheduled != 0 || flow.has_alarm) return false;
  const auto life = flow.connection.current();
  return now - flow.last_seen >= (!life || life->closed() ? kClosedQuiet : kOpenQuiet);
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
  forget_quiet(now);
  if (index_.size() >= limit_) return nullptr;
  const std::uint32_t number = flows_.make(key);
  Flow& flow = flows_[number];
  flow.number = number;
  flow.last_seen = now;
  index_.add(hash_of_ends(key.client, key.server), number);
  append(flow);
  return &flow;
}

void FlowTable::touch(Flow& flow, Time now) {
  flow.last_seen = now;
  if (newest_ == flow.number) return;
  unlink(flow);
  append(flow);
}

void FlowTable::attend(Flow& flow, bool matter) {
  if (flow.attended == matter) return;
  flow.attended = matter;
  matter ? ++attended_ : --attended_;
}

void FlowTable::append(Flow& flow) {
  flow.older = newest_;
  flow.newer = Flow::kNone;
  (newest_ == Flow::kNone ? oldest_ : flows_[newest_].newer) = flow.number;
  newest_ = flow.number;
}

void FlowTable::unlink(Flow& flow) {
  (flow.older == Flow::kNone ? oldest_ : flows_[flow.older].newer) = flow.newer;
  (flow.newer == Flow::kNone ? newest_ : flows_[flow.newer].older) = flow.older;
}

void FlowTable::forget_quiet(Time now) {
  for (int i = 0; i < kLooksPerFlow && oldest_ != Flow::kNone; ++i) {
    Flow& oldest = flows_[oldest_];
    if (now - oldest.last_seen < kClosedQuiet) return;
    unlink(oldest);
    if (forgettable(oldest, now)) {
      const FlowKey key = oldest.connection.flow();
      index_.remove(hash_of_ends(key.client, key.server), oldest.number);
      attend(oldest, false);
      flows_.remove(oldest.number);
    } else {
      // Out of the way of those behind it; its age stays.
      append(oldest);
    }
  }
}

}  // namespace latesyn
