#include "tests/netns/replaced_program.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

namespace latesyn {
namespace {

/// Debian finds each of the programs that there are several of by a link here.
constexpr const char* kLinks = "/etc/alternatives";

/// A folder like that one, in which links can be changed.
std::filesystem::path copy_of_links(const Router& router) {
  const std::filesystem::path own(router.path("alternatives"));
  std::filesystem::remove_all(own);
  std::filesystem::create_directory(own);
  for (const auto& link : std::filesystem::directory_iterator(kLinks)) {
    if (link.is_symlink()) {
      std::filesystem::copy_symlink(link.path(), own / link.path().filename());
    }
  }
  return own;
}

void point(const std::filesystem::path& link, const std::string& to) {
  std::filesystem::remove(link);
  std::filesystem::create_symlink(to, link);
}

std::function<void()> with_links(const std::filesystem::path& own) {
  return [own] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(own.c_str(), kLinks, nullptr, MS_BIND, nullptr) != 0) {
      ::_exit(126);
    }
  };
}

}  // namespace

std::function<void()> with_script(const Router& router, const std::string& name,
                                  const std::string& text) {
  const auto script = router.write(name, "#!/bin/sh\n" + text);
  using enum std::filesystem::perms;
  std::filesystem::permissions(script,
                               owner_all | group_read | group_exec | others_read | others_exec);
  const auto own = copy_of_links(router);
  point(own / name, script);
  return with_links(own);
}

std::function<void()> with_older_iptables(const Router& router) {
  const auto own = copy_of_links(router);
  for (const std::string name : {"iptables", "ip6tables"}) {
    for (const std::string action : {"", "-save", "-restore"}) {
      point(own / (name + action), "/usr/sbin/" + name + "-legacy" + action);
    }
  }
  return with_links(own);
}

}  // namespace latesyn
