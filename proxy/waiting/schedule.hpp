#pragma once
// What leaves later, by time. Ties break by the order of arrival.

#include "impair/making/departure.hpp"
#include "proxy/packet/segment.hpp"
#include "proxy/waiting/timer_wheel.hpp"

namespace latesyn {

/// A packet that the kernel keeps, which then has no bytes here.
struct Parked {
  std::uint32_t queue_id = 0;
  std::uint32_t size = 0;  // of the whole packet or bundle
};

/// A departure with what its leaving will be noted as.
struct Waiting {
  Departure departure;  // credited to numbers of the engine's RuleBook
  Segment segment;
  Time arrived;
  std::uint32_t order = 0;  // of arrival, among all departures
  std::optional<Parked> parked = std::nullopt;
};

/// Of numbers that a WaitingStore gave out.
using Schedule = TimerWheel<std::uint32_t>;

}  // namespace latesyn
