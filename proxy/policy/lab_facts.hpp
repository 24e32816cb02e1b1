#pragma once
// What only the lab can tell: sockets' states, kernels' counters, what the applications got. It is
// what expectations of them are judged by.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/values/socket_state.hpp"

namespace latesyn {

/// How a command of the user's ended.
struct CommandEnd {
  /// As a shell tells it; none: it still ran when the lab ended.
  std::optional<int> status;
  std::string last_words;  // the last line that it wrote

  bool succeeded() const { return status == 0; }
};
/// "it ended with status 7; its last words: connection refused".
std::string text(const CommandEnd& end);
/// In few words, for tables: "client status 7", "client still running".
std::string brief_text(std::string_view host, const CommandEnd& end);

/// Of one host.
struct EndFacts {
  /// Of its end of each connection, when the lab ended.
  std::vector<SocketState> final_states;
  /// All that were seen of any of them.
  std::set<SocketState> reached;
  /// How far the kernel's counters went up, by the names that nstat has for them.
  std::map<std::string, std::int64_t> counters;
  /// The user's program there; none where the built-in end ran, or none.
  std::optional<CommandEnd> command = std::nullopt;
};

struct LabFacts {
  EndFacts client, server;
  /// Connections that the server's application was given, and how many of them brought it data.
  std::uint64_t accepted = 0, served = 0;
  /// How many of the example's lines came true, of how many.
  std::size_t example_matched = 0, example_lines = 0;
  /// Why the run was ended before everything was over; empty: it was not.
  std::string cut_off = {};
};

}  // namespace latesyn
