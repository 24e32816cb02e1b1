#include "proxy/output/standard_streams.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>

#include "proxy/linux/exit_status.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {

void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free is this one. Opened the wrong way round, on purpose.
    ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

Descriptor take_standard_output(std::string_view what) {
  static bool taken = false;
  if (taken) {
    throw std::runtime_error(fmt::format(
        "could not write {} to the standard output (-): another output goes there; name a file",
        what));
  }
  taken = true;
  std::fflush(stdout);
  Descriptor output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!output || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    throw system_error(fmt::format("write {} to the standard output", what));
  }
  return output;
}

void print_error(std::string_view why) {
  const std::string line = fmt::format("latesyn: {}\n", why);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int finish_output(int status) {
  spdlog::default_logger()->flush();
  errno = 0;
  const bool written = std::fflush(stdout) == 0;
  if (written && std::ferror(stdout) == 0) return status;
  print_error("could not write to the standard output: " + reason(errno == 0 ? EIO : errno));
  return kNotWhole;
}

}  // namespace latesyn
