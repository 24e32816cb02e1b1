#include "proxy/process/isolation.hpp"

#include <cap-ng.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

#include "proxy/linux/descriptor.hpp"
#include "proxy/linux/rights.hpp"
#include "proxy/linux/system_error.hpp"
#include "proxy/output/standard_streams.hpp"

namespace latesyn {
namespace {

constexpr int kCouldNotRun = 2;
constexpr std::array kPassedOn{SIGINT, SIGTERM, SIGHUP};

/// Each process has one at most. Read by the signal handler.
volatile pid_t child = 0;

extern "C" void pass_on(int signal) { ::kill(child, signal); }

void write_file(const char* path, const std::string& text) {
  const Descriptor fd(::open(path, O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw system_error(fmt::format("write {:?} to {}", text, path));
  }
}

bool may_do_without_user_namespace() {
  return capng_get_caps_process() == 0 &&
         capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) == 1 &&
         capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) == 1;
}

constexpr std::string_view kMend =
    "; run it as root, or let users make user namespaces: sudo sysctl -w "
    "user.max_user_namespaces=10000, on Debian also kernel.unprivileged_userns_clone=1, on Ubuntu "
    "also kernel.apparmor_restrict_unprivileged_userns=0";

/// The caller becomes root in a new user namespace, and nobody else is there.
void enter_user_namespace() {
  const std::string user = std::to_string(::geteuid()), group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) throw system_error("make a user namespace");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + user + " 1");
  write_file("/proc/self/gid_map", "0 " + group + " 1");
}

void unshare_rest() {
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) != 0) {
    throw system_error("make mount, process and network namespaces");
  }
}

void enter_namespaces() {
  if (may_do_without_user_namespace()) return unshare_rest();
  try {
    enter_user_namespace();
    unshare_rest();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(error.what() + std::string(kMend));
  }
}

/// So that /proc shows the lab's processes only. A container may refuse it; the lab can do without.
void mount_proc() {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
    ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  }
}

/// The older iptables has one lock for all of the system, a file that users can't open. For a
/// network of our own one will do that nobody shares: the namespace itself.
void give_iptables_a_lock() { ::setenv("XTABLES_LOCKFILE", "/proc/self/ns/net", 0); }

/// The calling process dies with its parent; and all of a namespace's processes die with the first.
/// `parent_alive` reads as closed once the parent is dead, also before this call.
void die_with_parent(const Descriptor& parent_alive) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd closed{.fd = parent_alive.get(), .events = 0, .revents = 0};
  if (::poll(&closed, 1, 0) != 0) ::_exit(kCouldNotRun);
}

[[noreturn]] void be_child(const std::function<int()>& body, const Descriptor& parent_alive) {
  die_with_parent(parent_alive);
  int status = kCouldNotRun;
  try {
    status = body();
  } catch (const std::exception& error) {
    print_error(error.what());
  }
  status = finish_output(status);
  std::fflush(nullptr);
  ::_exit(status);
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) throw system_error("wait for the lab's process");
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  throw std::runtime_error(
      fmt::format("the lab's process was killed by signal {}", WTERMSIG(status)));
}

void set_handlers(void (*handler)(int)) {
  for (const int signal : kPassedOn) std::signal(signal, handler);
}

/// Runs `body` in a process of its own, which dies with this one, and returns its result.
int run_in_child(const std::function<int()>& body) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("make a pipe");
  const Descriptor parent_alive(ends[0]);
  Descriptor alive(ends[1]);
  std::fflush(nullptr);  // or both processes print what is buffered
  child = ::fork();
  if (child < 0) throw system_error("start the lab's process");
  if (child == 0) {
    alive = Descriptor();
    be_child(body, parent_alive);
  }
  set_handlers(pass_on);
  const int status = wait_for(child);
  set_handlers(SIG_DFL);
  return status;
}

}  // namespace

int run_isolated(const std::function<int()>& body) {
  // The lab runs commands of the caller's, and needs no more rights than the caller has.
  renounce_raised_rights();
  // A process that has made a process namespace is not in it itself: its next child is the first.
  return run_in_child([&body] {
    enter_namespaces();
    return run_in_child([&body] {
      mount_proc();
      give_iptables_a_lock();
      return body();
    });
  });
}

}  // namespace latesyn
