#pragma once
// What only the lab can tell: sockets' states, kernels' counters, what the applications got. It is
// what expectations of them are judged by.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "proxy/values/socket_state.hpp"

namespace latesyn {

/// Of one host.
struct EndFacts {
  /// Of its end of each connection, when the lab ended.
  std::vector<SocketState> final_states;
  /// All that were seen of any of them.
  std::set<SocketState> reached;
  /// How far the kernel's counters went up, by the names that nstat has for them.
  std::map<std::string, std::int64_t> counters;
};

struct LabFacts {
  EndFacts client, server;
  /// Connections that the server's application was given, and how many of them brought it data.
  std::uint64_t accepted = 0, served = 0;
  /// False where a command of the user's was one of the ends: it does not tell.
  bool built_in = true;
  /// How many of the example's lines came true, of how many.
  std::size_t example_matched = 0, example_lines = 0;
};

}  // namespace latesyn
