#include "proxy/edge/output_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "proxy/edge/system_error.hpp"

namespace latesyn {
namespace {

constexpr std::string_view kForce = "; choose another name, or add --force";

[[noreturn]] void refuse(const std::string& what, std::string_view why) {
  throw std::runtime_error(fmt::format("could not open {}: {}", what, why));
}

bool is_anothers(const struct stat& file) { return file.st_uid != ::geteuid(); }

/// How the last part of the path is to be opened.
int access_to(const std::filesystem::path& path, const std::string& what, bool force) {
  struct stat link {};
  if (::lstat(path.c_str(), &link) != 0 || !S_ISLNK(link.st_mode)) return O_NOFOLLOW;
  // Those of /dev are root's.
  const bool trusted = !is_anothers(link) || link.st_uid == 0 || force;
  if (!trusted) refuse(what, fmt::format("it is a link that another user has made{}", kForce));
  return 0;
}

/// Who opens a named pipe to write only is kept until somebody reads it.
bool is_a_pipe(const std::filesystem::path& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && S_ISFIFO(file.st_mode);
}

bool is_untouched(const struct stat& file, const OutputRules& rules) {
  return std::ranges::any_of(rules.untouched, [&file](const std::filesystem::path& path) {
    struct stat other {};
    return ::stat(path.c_str(), &other) == 0 && other.st_dev == file.st_dev &&
           other.st_ino == file.st_ino;
  });
}

}  // namespace

Descriptor open_output(const std::filesystem::path& path, const std::string& what,
                       const OutputRules& rules) {
  const int access = is_a_pipe(path) ? O_RDWR : O_WRONLY | O_CREAT;
  const int follow = access_to(path, what, rules.force);
  Descriptor fd(::open(path.c_str(), access | follow | O_CLOEXEC, 0666));
  struct stat file {};
  if (!fd || ::fstat(fd.get(), &file) != 0) throw system_error("open " + what);
  if (!S_ISREG(file.st_mode)) return fd;
  if (is_untouched(file, rules)) refuse(what, "it is the policy itself; choose another name");
  if (is_anothers(file) && !rules.force) {
    refuse(what, fmt::format("it is another user's file{}", kForce));
  }
  // Only now: before, it might have been the wrong one.
  if (::ftruncate(fd.get(), 0) != 0) throw system_error("empty " + what);
  return fd;
}

}  // namespace latesyn
