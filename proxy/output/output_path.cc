#include "proxy/output/output_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

using FileStatus = struct stat;

constexpr std::string_view kForce = "; choose another name, or add --force";

[[noreturn]] void refuse_output(const std::string& what, std::string_view why) {
  throw std::runtime_error(fmt::format("could not open {}: {}", what, why));
}

bool is_anothers(const FileStatus& file) { return file.st_uid != ::geteuid(); }

/// True for a link that may be followed; false for what is none.
bool leads_on(const std::filesystem::path& path, const std::string& what,
              const OutputRules& rules) {
  FileStatus link{};
  if (::lstat(path.c_str(), &link) != 0 || !S_ISLNK(link.st_mode)) return false;
  // Those of /dev are root's.
  if (!is_anothers(link) || link.st_uid == 0 || rules.force) return true;
  refuse_output(what, fmt::format("it is a link that another user has made{}", kForce));
}

bool is_untouched(const FileStatus& file, const OutputRules& rules) {
  return std::ranges::any_of(rules.untouched, [&file](const std::filesystem::path& path) {
    FileStatus other{};
    return ::stat(path.c_str(), &other) == 0 && other.st_dev == file.st_dev &&
           other.st_ino == file.st_ino;
  });
}

/// Of a regular file that is there already.
void require_ours(const FileStatus& file, const std::string& what, const OutputRules& rules) {
  if (is_untouched(file, rules)) {
    refuse_output(what, "it is read by this very run; choose another name");
  }
  if (is_anothers(file) && !rules.force) {
    refuse_output(what, fmt::format("it is another user's file{}", kForce));
  }
}

/// Who opens a named pipe to write only is kept until somebody reads it.
bool is_named_pipe(const std::filesystem::path& path) {
  FileStatus file{};
  return ::stat(path.c_str(), &file) == 0 && S_ISFIFO(file.st_mode);
}

/// All of one file to another. False, and errno, where it can't.
bool copy_all(int from, int to) {
  FileStatus file{};
  if (::fstat(from, &file) != 0) return false;
  for (off_t at = 0; at < file.st_size;) {
    if (::sendfile(to, from, &at, static_cast<std::size_t>(file.st_size - at)) <= 0) return false;
  }
  return true;
}

}  // namespace

Descriptor open_output(const std::filesystem::path& path, const std::string& what,
                       const OutputRules& rules) {
  const int access = is_named_pipe(path) ? O_RDWR : O_WRONLY | O_CREAT;
  const int follow = leads_on(path, what, rules) ? 0 : O_NOFOLLOW;
  Descriptor fd(::open(path.c_str(), access | follow | O_CLOEXEC, 0666));
  FileStatus file{};
  if (!fd || ::fstat(fd.get(), &file) != 0) throw system_error("open " + what);
  if (!S_ISREG(file.st_mode)) return fd;
  require_ours(file, what, rules);
  // Only now: before, it might have been the wrong one.
  if (::ftruncate(fd.get(), 0) != 0) throw system_error("empty " + what);
  return fd;
}

std::optional<Replacement> Replacement::of(const std::filesystem::path& path,
                                           const std::string& what, const OutputRules& rules) {
  std::error_code dangling;
  const auto target =
      leads_on(path, what, rules) ? std::filesystem::weakly_canonical(path, dangling) : path;
  FileStatus old{}, there{};
  if (::stat(path.c_str(), &old) == 0) {
    if (!S_ISREG(old.st_mode)) return std::nullopt;
    require_ours(old, what, rules);
    // What /proc/self/fd leads to need not have a name any more.
    const bool is_named = ::stat(target.c_str(), &there) == 0 && there.st_dev == old.st_dev &&
                          there.st_ino == old.st_ino;
    if (!is_named) return std::nullopt;
  }
  const auto folder = target.has_parent_path() ? target.parent_path() : ".";
  Descriptor fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
  if (!fd) return std::nullopt;
  return Replacement(std::move(fd), target, what);
}

void Replacement::publish() const {
  // Copied to a name for a moment, as a file without one can't be given a name that is taken; nor
  // any where the lab has mounts of its own.
  const auto moment =
      target_.parent_path() / fmt::format(".{}.{}", target_.filename().string(), ::getpid());
  ::unlink(moment.c_str());
  const Descriptor named(
      ::open(moment.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!named) throw system_error("write " + what_);
  const bool copied = copy_all(fd_.get(), named.get());
  if (copied && ::rename(moment.c_str(), target_.c_str()) == 0) return;
  const int error = errno;
  ::unlink(moment.c_str());
  throw system_error("put " + what_ + " in its place", error);
}

}  // namespace latesyn
