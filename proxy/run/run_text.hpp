#pragma once
// What `latesyn run` says about itself.

#include <string>
#include <string_view>

#include "proxy/engine/engine.hpp"
#include "proxy/intercept/plan.hpp"

namespace latesyn {

/// "SYN, FIN and RST between any client and 10.0.2.0/24:80 from queue 9293"
std::string intake_text(const Plan& plan, const Traffic& traffic, const Hook& hook);

/// How things stand, for all engines together.
struct Progress {
  std::uint64_t packets = 0, flows_full = 0;
  std::size_t held = 0, late_syns = 0;
  std::optional<Time> due;  // the next of what is held

  void add(const Engine& engine);
};

/// What is held, and when the next thing is due.
std::string progress_text(const Progress& progress, Time now);

/// "10.1.0.2:4000 - 10.2.0.2:80  #3  syn for the server, held for 2.5s by "stuck": due in 1s"
std::string held_text(const Held& held, Time now);

/// What each key at the terminal does.
inline constexpr std::string_view kKeys =
    "Enter releases what waits for that, l lists what is held, o releases the oldest of it";

/// What was said or recorded and could not be written: lines, events and packets.
struct Unwritten {
  std::uint64_t console = 0, events = 0, capture = 0;
};

/// "Not written: 3 lines of the log, 20 events." and a line's end; empty where all was.
std::string unwritten_text(const Unwritten& unwritten);

}  // namespace latesyn
