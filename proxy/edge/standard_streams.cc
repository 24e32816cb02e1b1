#include "proxy/edge/standard_streams.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "proxy/edge/exit_status.hpp"
#include "proxy/edge/system_error.hpp"

namespace latesyn {

void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free is this one. Opened the wrong way round, on purpose.
    ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
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
