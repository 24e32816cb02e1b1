#pragma once
// What leaves later, by time. Ties break by the order of arrival.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "impair/departure.hpp"
#include "proxy/core/segment.hpp"

namespace latesyn {

/// A departure with what its leaving will be noted as.
struct Waiting {
  Departure departure;
  Segment segment;
  std::string rule;
  Time arrived;
  std::uint64_t order = 0;  // of arrival, among all departures
};

class Schedule {
 public:
  void add(Time at, Waiting waiting) {
    heap_.push_back({at, order_++, std::move(waiting)});
    std::ranges::push_heap(heap_, Later{});
  }
  std::optional<Time> next() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().at);
  }
  /// The next that is due by `now`; none where nothing is.
  std::optional<Waiting> take(Time now) {
    if (heap_.empty() || heap_.front().at > now) return std::nullopt;
    std::ranges::pop_heap(heap_, Later{});
    Waiting waiting = std::move(heap_.back().waiting);
    heap_.pop_back();
    return waiting;
  }
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    Time at;
    std::uint64_t order;
    Waiting waiting;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  std::vector<Entry> heap_;
  std::uint64_t order_ = 0;
};

}  // namespace latesyn
