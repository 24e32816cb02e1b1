#pragma once
// When the relays of which flows have to be woken. A relay that has been answered meanwhile is
// woken in vain: that costs less than finding its entry.

#include "proxy/core/timer_wheel.hpp"
#include "proxy/values/flow.hpp"

namespace latesyn {

using TimerQueue = TimerWheel<FlowKey>;

}  // namespace latesyn
