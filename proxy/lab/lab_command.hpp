#pragma once
// `latesyn lab`: a policy, or several one after the other, between two real kernels.

#include <optional>
#include <string>
#include <vector>

#include "proxy/engine/engine.hpp"
#include "proxy/values/address.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

struct LabOptions {
  std::vector<std::string> policies;  // files
  std::string server, client;         // shell commands; empty: the built-in ones
  std::optional<Family> family;       // without one: the policy's first choice
  std::optional<Duration> duration;   // the longest that it may take; without one: 5 minutes
  std::optional<std::uint64_t> seed;  // without one: any
  std::uint64_t held_bytes = Limits().waiting_bytes;
  std::string json, events, pcap, svg;  // files; empty: none
  bool force = false;                   // write over files of other users, too
};

/// Returns the exit status: 0 where all expectations held, 1 where one failed, 2 where an output
/// file is not whole. Throws std::runtime_error where it could not run.
int lab(const LabOptions& options);

}  // namespace latesyn
