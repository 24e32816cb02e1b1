#pragma once
// Runs another program to its end: no shell, text in, text out, and never longer than a limit.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/values/time.hpp"

namespace latesyn {

struct CommandResult {
  int status = 0;  // the exit status, or 128 and the number of the signal that ended it
  bool timed_out = false;
  std::string out, error;  // what it wrote, up to 16 MiB each

  bool ok() const { return status == 0 && !timed_out; }
  /// Why it failed, on one line: what it wrote to its standard error, or else how it ended.
  std::string why() const;
};

/// Where `name` is among the system's programs, wherever the caller's PATH points: what we run may
/// get rights of ours. A `name` with a slash stands for itself.
std::optional<std::filesystem::path> find_program(std::string_view name);

/// Runs `words` with `input` as its standard input, in an environment that is always the same: what
/// the caller's says could turn a program with rights of ours to other ends. A Ctrl-C at the
/// terminal does not reach it.
/// Throws std::runtime_error where it could not be started.
CommandResult run_command(const std::vector<std::string>& words, std::string_view input = {},
                          Duration limit = std::chrono::seconds(20));

}  // namespace latesyn
