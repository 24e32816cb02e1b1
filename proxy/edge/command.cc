#include "proxy/edge/command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include "proxy/edge/descriptor.hpp"
#include "proxy/edge/rights.hpp"
#include "proxy/edge/system_error.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kOutputMax = 16 << 20;

/// Only root writes there.
constexpr std::array kDirectories{"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/// What a program is told of the world. Where the older iptables has its lock is handed on to it,
/// unless its rights are not the caller's.
std::vector<std::string> environment() {
  std::vector<std::string> all{
      fmt::format("PATH={}", fmt::join(kDirectories, ":")),
      "LC_ALL=C",  // its errors are read
  };
  const char* const lock = has_raised_rights() ? nullptr : std::getenv("XTABLES_LOCKFILE");
  if (lock != nullptr) all.push_back(fmt::format("XTABLES_LOCKFILE={}", lock));
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// A file in memory: unlike a pipe it never fills, so neither side waits for the other.
Descriptor memory_file() {
  Descriptor fd(::memfd_create("latesyn", MFD_CLOEXEC));
  if (!fd) throw system_error("make a file in memory");
  return fd;
}

Descriptor memory_file(std::string_view text) {
  Descriptor fd = memory_file();
  while (!text.empty()) {
    const ssize_t size = ::write(fd.get(), text.data(), text.size());
    if (size < 0) throw system_error("write a file in memory");
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::string contents(const Descriptor& fd) {
  const off_t end = ::lseek(fd.get(), 0, SEEK_END);
  std::string text(std::min(static_cast<std::size_t>(std::max<off_t>(end, 0)), kOutputMax), '\0');
  const ssize_t size = ::pread(fd.get(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return text;
}

/// How the child differs from us: its standard streams, signals as at login, a process group of
/// its own, which the terminal's signals do not reach.
class SpawnSettings {
 public:
  SpawnSettings(int in, int out, int error) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, error, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(
        &attributes_,
        static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// False where it did not end in time; it is killed then.
bool wait_for_end(pid_t child, Duration limit) {
  // By number: the declaration in Debian 12's <sys/pidfd.h> does not link from C++.
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  pollfd end{.fd = process.get(), .events = POLLIN, .revents = 0};
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  int ended = 0;
  do {
    ended = ::poll(&end, 1, static_cast<int>(limit_ms));
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) ::kill(child, SIGKILL);
  return ended != 0;
}

int exit_status(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::string CommandResult::why() const {
  if (timed_out) return "it did not end in time";
  std::string line = error.substr(0, error.find_last_not_of(" \n") + 1);
  std::ranges::replace(line, '\n', ' ');
  return line.empty() ? fmt::format("it ended with status {}", status) : line;
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return name;
  for (const char* directory : kDirectories) {
    const auto file = std::filesystem::path(directory) / name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

CommandResult run_command(const std::vector<std::string>& words, std::string_view input,
                          Duration limit) {
  const auto program = find_program(words.front());
  if (!program) throw system_error("run " + words.front(), ENOENT);
  const Descriptor in = memory_file(input), out = memory_file(), error = memory_file();
  const SpawnSettings settings(in.get(), out.get(), error.get());
  std::vector<std::string> arguments = words, told = environment();
  pid_t child = 0;
  if (const int failed =
          ::posix_spawn(&child, program->c_str(), settings.actions(), settings.attributes(),
                        pointers_to(arguments).data(), pointers_to(told).data())) {
    throw system_error("run " + program->string(), failed);
  }
  CommandResult result;
  result.timed_out = !wait_for_end(child, limit);
  result.status = exit_status(child);
  result.out = contents(out);
  result.error = contents(error);
  return result;
}

}  // namespace latesyn
