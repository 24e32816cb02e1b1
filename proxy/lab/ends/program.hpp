#pragma once
// One of the lab's two programs, the server or the client: built in, or whatever the user named.

#include <optional>

#include "proxy/lab/ends/endpoint.hpp"
#include "proxy/policy/lab_facts.hpp"
#include "proxy/process/child.hpp"
#include "proxy/process/line_reader.hpp"

namespace latesyn {

class Program {
 public:
  using OnLine = std::function<void(const std::string&)>;

  /// A shell command of the user's. Its output goes to our standard error, each line behind `name`.
  static std::unique_ptr<Program> of_user(uv_loop_s* loop, const Namespace& host,
                                          const std::string& name, const std::string& command,
                                          const std::map<std::string, std::string>& environment);
  /// The built-in one; `on_told` gets each line that it tells.
  static std::unique_ptr<Program> built_in(uv_loop_s* loop, const Namespace& host,
                                           const std::string& name, const EndpointTask& task,
                                           OnLine on_told);
  /// Kills it, and all that it started and left in its process group.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  /// Answers one who asks: the lab has looked at the sockets.
  void go_on();
  /// Tells it a line.
  void say(const std::string& line);
  /// To be called when it has ended. What it wrote before that is read.
  void ended(int status);
  /// As a shell tells it; none while it runs.
  std::optional<int> status() const { return status_; }
  /// The same with its last line.
  CommandEnd end() const;
  /// The last lines that it wrote.
  std::string last_words() const;

 private:
  Program(uv_loop_s* loop, const Namespace& host, const std::string& name, Command command,
          OnLine on_told);

  std::unique_ptr<LineReader> output_, told_;
  Descriptor go_;
  pid_t pid_ = 0;
  std::optional<int> status_;
};

}  // namespace latesyn
