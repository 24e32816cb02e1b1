#pragma once
// Programs that the lab starts: each in a network namespace and a process group of its own.

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "proxy/process/namespace.hpp"

namespace latesyn {

struct Command {
  std::vector<std::string> arguments;              // the first is the program, sought in PATH
  std::map<std::string, std::string> environment;  // added to ours
  /// Descriptors that the program shall have, by the number that it has there. All others of ours
  /// are closed there, but for 0, 1 and 2.
  std::map<int, int> descriptors;
};

/// Starts it where we are, and does not wait. Throws std::runtime_error.
pid_t start(const Command& command);

/// Starts it inside `there` and does not wait. It runs as scheduling.hpp says. Throws
/// std::runtime_error.
pid_t start(const Command& command, const Namespace& there);

/// As a shell tells it, from what waitpid() said.
int exit_status(int wait_status);

}  // namespace latesyn
