#pragma once
// What leaves later, by time. Ties break by the order of arrival.

#include <string>

#include "impair/departure.hpp"
#include "proxy/core/segment.hpp"
#include "proxy/core/timer_wheel.hpp"

namespace latesyn {

/// A departure with what its leaving will be noted as.
struct Waiting {
  Departure departure;
  Segment segment;
  std::string rule;
  Time arrived;
  std::uint32_t order = 0;  // of arrival, among all departures
  /// Where the kernel keeps the packet, which then has no bytes here.
  std::optional<std::uint32_t> queue_id = std::nullopt;
};

/// Of numbers that a WaitingStore gave out.
using Schedule = TimerWheel<std::uint32_t>;

}  // namespace latesyn
