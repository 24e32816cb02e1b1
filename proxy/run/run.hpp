#pragma once
// `latesyn run`: the proxy inline on a router, between real hosts.

#include <optional>
#include <string>

#include "proxy/engine/engine.hpp"
#include "proxy/intercept/plan.hpp"

namespace latesyn {

struct RunOptions {
  std::string policy;                                 // a file
  std::optional<std::uint64_t> seed;                  // without one: any
  Hook hook;                                          // with up to kWorkersMax workers
  std::optional<Duration> duration;                   // without one: until it is stopped
  bool spin = false;                                  // wait awake for what is due (DriverOptions)
  std::uint64_t held_bytes = Limits().waiting_bytes;  // of all workers together
  std::string json, events, pcap;                     // files; empty: none
  bool force = false;                                 // write over files of other users, too
};

/// Until SIGINT, SIGTERM or the end of the duration; SIGHUP reloads the policy, SIGUSR1 or Enter
/// releases by hand. Returns the exit status: 0 where all expectations held, 1 where one failed, 2
/// where an output file is not whole. Throws std::runtime_error where it could not start.
int run(const RunOptions& options);

}  // namespace latesyn
