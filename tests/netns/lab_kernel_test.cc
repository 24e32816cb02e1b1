// What is about other kernels than the one that runs.

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "proxy/lab/running_kernel.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

std::string about(const Folder& folder, const std::string& kernels) {
  return folder.write("policy.toml", policy_text("[lab]\nkernel = \"" + kernels + "\"\n"));
}

}  // namespace

TEST_CASE("lab: what is about other kernels is refused, and why") {
  const Folder folder;
  const std::string policy = about(folder, "< 2.6");
  LabRun run({policy});
  CHECK(run.status() == 2);
  CHECK(run.said() == "latesyn: " + policy + ": not on this kernel: it is about Linux < 2.6, and " +
                          "this is " + kernel_release() +
                          "; to see what this one does, take kernel out of its [lab]\n");
}

TEST_CASE("lab: what is about this kernel is played") {
  const Folder folder;
  CHECK(LabRun({about(folder, ">= 2.6")}).status() == 0);
}

TEST_CASE("catalogue: what is about other kernels is counted apart, and is no failure") {
  const Folder folder;
  const std::string policy = about(folder, "< 2.6");
  RunningProgram catalogue(Namespace::current(), {"catalogue", policy});
  CHECK(catalogue.wait() == 0);
  CHECK_THAT(catalogue.printed(),
             Catch::Contains(" -  not on this kernel: it is about Linux < 2.6, and this is " +
                             kernel_release() + "\n") &&
                 Catch::EndsWith("0 of 0 as expected, 2 not on this kernel\n"));
}

TEST_CASE("catalogue: it needs no /dev/fd") {
  const ProgramSettings without{.environment = {}, .before_start = [] {
                                  if (::unshare(CLONE_NEWNS) != 0) ::_exit(126);
                                  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
                                  ::mount("tmpfs", "/dev", "tmpfs", 0, nullptr);
                                  ::mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
                                }};
  RunningProgram catalogue(Namespace::current(), {"catalogue", shipped("no_rules.toml")}, without);
  const int status = catalogue.wait(std::chrono::seconds(60));
  INFO(catalogue.printed() << catalogue.said());
  CHECK(status == 0);
}

}  // namespace latesyn::test
