#include "tests/netns/replaced_program.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

namespace latesyn {

std::function<void()> with_script(const Router& router, const std::string& name,
                                  const std::string& text) {
  // Debian finds each of them by a link here.
  const std::filesystem::path links("/etc/alternatives"), own(router.path("alternatives"));
  std::filesystem::create_directory(own);
  for (const auto& link : std::filesystem::directory_iterator(links)) {
    if (link.is_symlink()) {
      std::filesystem::copy_symlink(link.path(), own / link.path().filename());
    }
  }
  const auto script = router.write(name, "#!/bin/sh\n" + text);
  using enum std::filesystem::perms;
  std::filesystem::permissions(script,
                               owner_all | group_read | group_exec | others_read | others_exec);
  std::filesystem::remove(own / name);
  std::filesystem::create_symlink(script, own / name);
  return [links, own] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(own.c_str(), links.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      ::_exit(126);
    }
  };
}

}  // namespace latesyn
