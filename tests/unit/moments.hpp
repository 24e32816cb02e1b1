#pragma once
// A time as tests write it down.

#include "proxy/values/time.hpp"

namespace latesyn::test {

inline Time at_ms(int ms) { return Time(std::chrono::milliseconds(ms)); }

}  // namespace latesyn::test
