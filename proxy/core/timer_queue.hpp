#pragma once
// When the relays of which flows have to be woken.

#include "proxy/core/timer_wheel.hpp"
#include "proxy/values/flow.hpp"

namespace latesyn {

using TimerQueue = TimerWheel<FlowKey>;

}  // namespace latesyn
