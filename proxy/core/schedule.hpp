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
  std::uint64_t order = 0;  // of arrival, among all departures
};

using Schedule = TimerWheel<Waiting>;

}  // namespace latesyn
