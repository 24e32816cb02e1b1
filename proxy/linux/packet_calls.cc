#include "proxy/linux/packet_calls.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>

namespace latesyn {
namespace {

/// A list of what is refused, not of what is let by: the C library calls other things from one
/// version to the next, and to fail in the middle of somebody's packets is worse.
constexpr std::initializer_list<int> kPrograms{SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
                                               SCMP_SYS(vfork)};
constexpr std::initializer_list<int> kFiles{SCMP_SYS(creat),
                                            SCMP_SYS(openat2),
                                            SCMP_SYS(unlink),
                                            SCMP_SYS(unlinkat),
                                            SCMP_SYS(rename),
                                            SCMP_SYS(renameat),
                                            SCMP_SYS(renameat2),
                                            SCMP_SYS(link),
                                            SCMP_SYS(linkat),
                                            SCMP_SYS(symlink),
                                            SCMP_SYS(symlinkat),
                                            SCMP_SYS(mkdir),
                                            SCMP_SYS(mkdirat),
                                            SCMP_SYS(rmdir),
                                            SCMP_SYS(mknod),
                                            SCMP_SYS(mknodat),
                                            SCMP_SYS(chmod),
                                            SCMP_SYS(fchmod),
                                            SCMP_SYS(fchmodat),
                                            SCMP_SYS(chown),
                                            SCMP_SYS(fchown),
                                            SCMP_SYS(lchown),
                                            SCMP_SYS(fchownat),
                                            SCMP_SYS(truncate),
                                            SCMP_SYS(setxattr),
                                            SCMP_SYS(lsetxattr),
                                            SCMP_SYS(fsetxattr),
                                            SCMP_SYS(removexattr),
                                            SCMP_SYS(utimensat),
                                            SCMP_SYS(swapon),
                                            SCMP_SYS(swapoff),
                                            SCMP_SYS(quotactl),
                                            SCMP_SYS(acct),
                                            SCMP_SYS(name_to_handle_at),
                                            SCMP_SYS(open_by_handle_at)};
constexpr std::initializer_list<int> kNamespaces{
    SCMP_SYS(mount),        SCMP_SYS(umount2),  SCMP_SYS(pivot_root), SCMP_SYS(chroot),
    SCMP_SYS(setns),        SCMP_SYS(unshare),  SCMP_SYS(move_mount), SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),       SCMP_SYS(fsconfig), SCMP_SYS(fsmount),    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr)};
constexpr std::initializer_list<int> kIdentity{
    SCMP_SYS(setuid),    SCMP_SYS(setreuid),  SCMP_SYS(setresuid),  SCMP_SYS(setgid),
    SCMP_SYS(setregid),  SCMP_SYS(setresgid), SCMP_SYS(setfsuid),   SCMP_SYS(setfsgid),
    SCMP_SYS(setgroups), SCMP_SYS(capset),    SCMP_SYS(personality)};
constexpr std::initializer_list<int> kKernel{
    SCMP_SYS(init_module),    SCMP_SYS(finit_module),    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),     SCMP_SYS(kexec_file_load), SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),  SCMP_SYS(io_uring_register),
    SCMP_SYS(userfaultfd),    SCMP_SYS(perf_event_open), SCMP_SYS(keyctl),
    SCMP_SYS(add_key),        SCMP_SYS(request_key),     SCMP_SYS(iopl),
    SCMP_SYS(ioperm),         SCMP_SYS(reboot),          SCMP_SYS(syslog),
    SCMP_SYS(settimeofday),   SCMP_SYS(clock_settime),   SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),       SCMP_SYS(sethostname),     SCMP_SYS(setdomainname)};
constexpr std::initializer_list<int> kOtherProcesses{SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
                                                     SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp),
                                                     SCMP_SYS(pidfd_getfd)};

class Filter {
 public:
  Filter()
      : filter_(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release), fine_(filter_ != nullptr) {}

  void refuse(const std::initializer_list<int>& calls) {
    for (const int call : calls) refuse(call, {});
  }
  /// Where the bits `mask` of an argument are `value`.
  void refuse_where(int call, unsigned argument, std::uint64_t mask, std::uint64_t value) {
    refuse(call, {scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, mask, value}});
  }
  /// As if the kernel were older, so that the C library makes do with another call.
  void deny_knowing(int call) { add(SCMP_ACT_ERRNO(ENOSYS), call, {}); }
  bool load() {
    // A tree instead of a list: each call of ours goes through it.
    ::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    return fine_ && ::seccomp_load(filter_.get()) == 0;
  }

 private:
  using Conditions = std::initializer_list<scmp_arg_cmp>;
  void refuse(int call, Conditions conditions) { add(SCMP_ACT_ERRNO(EPERM), call, conditions); }
  void add(std::uint32_t action, int call, Conditions conditions) {
    const int error = ::seccomp_rule_add_array(
        filter_.get(), action, call, static_cast<unsigned>(conditions.size()), conditions.begin());
    // A call that this machine does not have need not be refused.
    fine_ = fine_ && (error == 0 || call < 0);
  }

  std::unique_ptr<void, decltype(&::seccomp_release)> filter_;
  bool fine_;
};

/// `flags` is the argument that has them. To read is fine: the clock's time zone is a file.
void refuse_to_write(Filter& filter, int call, unsigned flags) {
  filter.refuse_where(call, flags, O_ACCMODE, O_WRONLY);
  filter.refuse_where(call, flags, O_ACCMODE, O_RDWR);
  filter.refuse_where(call, flags, O_CREAT, O_CREAT);
  filter.refuse_where(call, flags, O_TRUNC, O_TRUNC);
}

}  // namespace

bool refuse_calls_of_no_use() {
  Filter filter;
  for (const auto& calls : {kPrograms, kFiles, kNamespaces, kIdentity, kKernel, kOtherProcesses}) {
    filter.refuse(calls);
  }
  refuse_to_write(filter, SCMP_SYS(open), 1);
  refuse_to_write(filter, SCMP_SYS(openat), 2);
  // Threads are fine, processes are not. What clone3() shall do can't be seen from here.
  filter.refuse_where(SCMP_SYS(clone), 0, CLONE_THREAD, 0);
  filter.deny_knowing(SCMP_SYS(clone3));
  return filter.load();
}

}  // namespace latesyn
