// What a thread that reads packets can still do, tried in a process of its own.

#include "proxy/linux/packet_calls.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

#include "tests/unit/scratch.hpp"

namespace latesyn::test {
namespace {

/// Runs `tries` where the calls are refused; each returns an error's number, or zero.
template <std::size_t N>
std::array<int, N> refused(const std::array<int (*)(const char* file), N>& tries,
                           const std::string& file) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::array<int, N> errors{};
    errors.fill(-1);
    if (refuse_calls_of_no_use()) {
      for (std::size_t i = 0; i < N; ++i) errors[i] = tries[i](file.c_str());
    }
    const ssize_t size = ::write(ends[1], errors.data(), sizeof errors);
    ::_exit(size == sizeof errors ? 0 : 1);
  }
  ::close(ends[1]);
  std::array<int, N> errors{};
  CHECK(::read(ends[0], errors.data(), sizeof errors) == sizeof errors);
  ::close(ends[0]);
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  return errors;
}

int error_of(long result) { return result < 0 ? errno : 0; }

int opens(const char* file, int flags) { return error_of(::open(file, flags | O_CLOEXEC, 0600)); }

}  // namespace

TEST_CASE("a thread that reads packets starts no program and changes no file") {
  const Scratch scratch;
  const auto errors = refused<9>(
      {[](const char*) {
         char name[] = "true";
         std::array<char*, 2> words{name, nullptr};
         return error_of(::execve("/bin/true", words.data(), nullptr));
       },
       [](const char*) { return error_of(::fork()); },
       [](const char* file) { return opens(file, O_WRONLY | O_CREAT); },
       [](const char*) { return opens("/dev/null", O_RDWR); },
       [](const char*) { return opens("/dev/null", O_RDONLY | O_TRUNC); },
       [](const char* file) { return error_of(::unlink(file)); },
       [](const char*) { return error_of(::setuid(0)); },
       [](const char*) { return error_of(::mount("none", "/", nullptr, MS_PRIVATE, nullptr)); },
       [](const char*) { return error_of(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
      scratch.path() / "file");
  for (const int error : errors) CHECK(error == EPERM);
  CHECK_FALSE(std::filesystem::exists(scratch.path() / "file"));
}

TEST_CASE("a thread that reads packets still reads files, and has memory, threads and clocks") {
  const auto errors =
      refused<5>({[](const char*) { return opens("/proc/self/status", O_RDONLY); },
                  [](const char*) { return opens("/dev/null", O_RDONLY | O_NONBLOCK); },
                  [](const char*) {
                    std::string text(64 << 20, 'x');
                    return text.back() == 'x' ? 0 : 1;
                  },
                  [](const char*) {
                    bool ran = false;
                    std::thread([&ran] { ran = true; }).join();
                    return ran ? 0 : 1;
                  },
                  [](const char*) {
                    timespec now{};
                    return error_of(::clock_gettime(CLOCK_MONOTONIC, &now));
                  }},
                 "");
  for (const int error : errors) CHECK(error == 0);
}

}  // namespace latesyn::test
