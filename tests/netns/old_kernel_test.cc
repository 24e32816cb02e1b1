// What a kernel that is older, or a container that is stricter, refuses.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

/// From here on, and in all programs that are started, the system call does not exist.
void refuse(unsigned number) {
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

}  // namespace

TEST_CASE("Where there are no process descriptors a run starts and ends all the same") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto program =
      router.start({"run", policy}, {.before_start = [] { refuse(SYS_pidfd_open); }});
  INFO(program->said());
  REQUIRE(program->says("seed "));
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  CHECK(router.chains().empty());
}

}  // namespace latesyn
