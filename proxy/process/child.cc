#include "proxy/process/child.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proxy/linux/system_error.hpp"
#include "proxy/process/exec_words.hpp"
#include "proxy/process/scheduling.hpp"

namespace latesyn {
namespace {

/// What posix_spawn() wants, freed at the end.
struct Attributes {
  Attributes() {
    ::posix_spawnattr_init(&value);
    ::posix_spawn_file_actions_init(&actions);
  }
  ~Attributes() {
    ::posix_spawnattr_destroy(&value);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  posix_spawnattr_t value;
  posix_spawn_file_actions_t actions;
};

void set_attributes(Attributes& attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setpgroup(&attributes.value, 0);
  ::posix_spawnattr_setsigmask(&attributes.value, &none);
  ::posix_spawnattr_setsigdefault(&attributes.value, &all);
  ::posix_spawnattr_setflags(
      &attributes.value, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

}  // namespace

int exit_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

pid_t start(const Command& command) {
  Attributes attributes;
  set_attributes(attributes);
  for (const auto& [number, fd] : command.descriptors) {
    ::posix_spawn_file_actions_adddup2(&attributes.actions, fd, number);
  }
  auto arguments = command.arguments;
  auto environment = environment_with(command.environment);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, arguments[0].c_str(), &attributes.actions, &attributes.value,
                    pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0) throw system_error("start " + arguments[0], error);
  return pid;
}

pid_t start(const Command& command, const Namespace& there) {
  const Inside inside(there);
  const BatchScheduling batch;
  return start(command);
}

}  // namespace latesyn
