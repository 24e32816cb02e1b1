#pragma once
// When the relays of which flows have to be woken. A relay that has been answered meanwhile is
// woken in vain; that costs less than finding its entry.

#include <optional>
#include <queue>
#include <vector>

#include "proxy/values/flow.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class TimerQueue {
 public:
  void add(Time at, const FlowKey& flow) { queue_.push({at, order_++, flow}); }
  std::optional<Time> next() const {
    return queue_.empty() ? std::nullopt : std::optional(queue_.top().at);
  }
  /// The next that is due by `now`; none where nothing is.
  std::optional<FlowKey> take(Time now) {
    if (queue_.empty() || queue_.top().at > now) return std::nullopt;
    const FlowKey flow = queue_.top().flow;
    queue_.pop();
    return flow;
  }

 private:
  struct Entry {
    Time at;
    std::uint64_t order;  // breaks ties
    FlowKey flow;
    bool operator>(const Entry& o) const { return at != o.at ? at > o.at : order > o.order; }
  };
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
  std::uint64_t order_ = 0;
};

}  // namespace latesyn
