#pragma once
// What `latesyn run` says about itself.

#include <string>

#include "proxy/core/engine.hpp"
#include "proxy/core/plan.hpp"

namespace latesyn {

/// "SYN, FIN and RST between any client and 10.0.2.0/24:80 from queue 9293"
std::string intake_text(const Plan& plan, const Traffic& traffic, const Hook& hook);

/// What is held, and when the next thing is due.
std::string progress_text(const Engine& engine, Time now);

}  // namespace latesyn
