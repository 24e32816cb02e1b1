#pragma once
// The built program at work in a network namespace, with what it says so far.

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/linux/descriptor.hpp"
#include "proxy/process/namespace.hpp"

namespace latesyn {

struct ProgramSettings {
  std::string program;                             // its path; empty: latesyn
  std::map<std::string, std::string> environment;  // added to ours
  /// Called in the new process before the program starts: to take rights away, for example. Where
  /// this process has other threads it must not allocate.
  std::function<void()> before_start;
};

class RunningProgram {
 public:
  /// Starts `latesyn`, or the settings' program, with these arguments. It dies with this process.
  RunningProgram(const Namespace& there, const std::vector<std::string>& arguments,
                 const ProgramSettings& settings = {});
  /// Kills it where it still runs.
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void send(int signal);
  /// The exit status, or 128 and the number of the signal that ended it; -1 where it has not ended
  /// within `bound`.
  int wait(std::chrono::milliseconds bound = std::chrono::seconds(10));
  pid_t pid() const { return pid_; }

  /// What it wrote to its standard error, and to its standard output.
  std::string said() const;
  std::string printed() const;
  /// Waits until it has said `text`; false where it has not in ten seconds, or has ended before.
  [[nodiscard]] bool says(const std::string& text);

 private:
  bool ended();

  Descriptor out_, error_;
  pid_t pid_ = 0;
  int status_ = -1;
};

/// How often `part` is in `text`: in what a program has said, for example.
std::size_t count_of(std::string_view text, std::string_view part);

}  // namespace latesyn
