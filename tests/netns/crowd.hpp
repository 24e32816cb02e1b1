#pragma once
// Many short connections, some of them at a time: ask, answer, close. One thread at each end.

#include <chrono>

#include "proxy/lab/network.hpp"

namespace latesyn {

struct Crowd {
  unsigned whole = 0;   // answered in full, and closed by the server
  unsigned failed = 0;  // anything else
  unsigned late = 0;    // of the whole ones, those that took longer than the bound
  std::chrono::milliseconds longest{0};
};

/// `count` connections, `at_once` of them at the same time. `late_after` bounds the time from
/// connect() to the server's close.
Crowd send_crowd(const Network& network, const Endpoint& server, unsigned count, unsigned at_once,
                 std::chrono::milliseconds late_after);

}  // namespace latesyn
