#pragma once
// When the relays of which flows, by their numbers, have to be woken.

#include "proxy/waiting/timer_wheel.hpp"

namespace latesyn {

using TimerQueue = TimerWheel<std::uint32_t>;

}  // namespace latesyn
