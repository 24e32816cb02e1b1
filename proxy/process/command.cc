#include "proxy/process/command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include "proxy/linux/descriptor.hpp"
#include "proxy/linux/rights.hpp"
#include "proxy/linux/system_error.hpp"
#include "proxy/process/child.hpp"
#include "proxy/process/exec_words.hpp"

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

/// What the child has open besides its standard streams, as long as it lives.
constexpr int kAlive = 3;

/// Its other end reads as closed once all that have this one are gone.
struct AlivePipe {
  Descriptor ours, childs;

  AlivePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("make a pipe");
    ours = Descriptor(ends[0]);
    childs = Descriptor(ends[1]);
  }
};

/// How the child differs from us: its standard streams, signals as at login, a process group of
/// its own, which the terminal's signals do not reach.
class SpawnSettings {
 public:
  SpawnSettings(int in, int out, int error, int alive) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, error, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, alive, kAlive);
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

/// How a child ended; nothing where it did not in time: it is killed then. `alive` reads as closed
/// at the end of the child and of all that it has started, and wakes us; whether it has ended is
/// for the kernel to say. A process descriptor would do both, but is refused in some containers.
std::optional<int> wait_for_end(pid_t child, const Descriptor& alive, Duration limit) {
  using Clock = std::chrono::steady_clock;
  constexpr int kLook_ms = 20, kSoon_ms = 1;
  const auto last = Clock::now() + limit;
  pollfd closed{.fd = alive.get(), .events = 0, .revents = 0};
  for (int status = 0; Clock::now() < last;) {
    if (::waitpid(child, &status, WNOHANG) == child) return status;
    // Closed, and it has not ended yet: it will at once, or has closed what it does not know.
    if (closed.revents != 0) closed.fd = -1;
    ::poll(&closed, 1, closed.fd < 0 ? kSoon_ms : kLook_ms);
  }
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  return std::nullopt;
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
  AlivePipe alive;
  const SpawnSettings settings(in.get(), out.get(), error.get(), alive.childs.get());
  std::vector<std::string> arguments = words, told = environment();
  pid_t child = 0;
  if (const int failed =
          ::posix_spawn(&child, program->c_str(), settings.actions(), settings.attributes(),
                        pointers_to(arguments).data(), pointers_to(told).data())) {
    throw system_error("run " + program->string(), failed);
  }
  alive.childs = Descriptor();
  CommandResult result;
  const auto status = wait_for_end(child, alive.ours, limit);
  result.timed_out = !status;
  result.status = status ? exit_status(*status) : 128 + SIGKILL;
  result.out = contents(out);
  result.error = contents(error);
  return result;
}

}  // namespace latesyn
