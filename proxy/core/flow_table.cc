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
  if (!flow.asleep.empty() || flow.scheduled != 0 || flow.relay_timers != 0) return false;
  const auto& life = flow.connection.current();
  return now - flow.last_seen >= (!life || life->closed() ? kClosedQuiet : kOpenQuiet);
}

}  // namespace

Flow* FlowTable::find(const Endpoint& from, const Endpoint& to) {
  auto found = flows_.find(FlowKey{from, to});
  if (found == flows_.end()) found = flows_.find(FlowKey{to, from});
  return found == flows_.end() ? nullptr : found->second.get();
}

Flow* FlowTable::make(const FlowKey& key, Time now) {
  forget_quiet(now);
  if (flows_.size() >= limit_) return nullptr;
  auto& flow = flows_[key];
  flow = std::make_unique<Flow>(key);
  flow->last_seen = now;
  flow->by_age = by_age_.insert(by_age_.end(), flow.get());
  return flow.get();
}

void FlowTable::touch(Flow& flow, Time now) {
  flow.last_seen = now;
  by_age_.splice(by_age_.end(), by_age_, flow.by_age);
}

void FlowTable::forget_quiet(Time now) {
  for (int i = 0; i < kLooksPerFlow && !by_age_.empty(); ++i) {
    Flow& oldest = *by_age_.front();
    if (now - oldest.last_seen < kClosedQuiet) return;
    if (forgettable(oldest, now)) {
      by_age_.pop_front();
      flows_.erase(FlowKey(oldest.connection.flow()));
    } else {
      // Out of the way of those behind it; its age stays.
      by_age_.splice(by_age_.end(), by_age_, oldest.by_age);
    }
  }
}

}  // namespace latesyn
