// Who may do what: with rights that its file gave it, latesyn does nothing for its caller but what
// it is for.

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/lab_run.hpp"
#include "tests/netns/replaced_program.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;

constexpr uid_t kNobody = 65534;
constexpr const char *kNoRights = "0000000000000000", *kOurRights = "0000000000003000";

/// One line of the status of a process, or of one of its threads, by its folder: "CapPrm".
std::string status_in(const std::filesystem::path& folder, const std::string& key) {
  std::istringstream lines(Folder::text(folder / "status"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key + ":\t")) return line.substr(key.size() + 2);
  }
  return "";
}

std::filesystem::path process_folder(pid_t process) { return "/proc/" + std::to_string(process); }

std::string status_of(pid_t process, const std::string& key) {
  return status_in(process_folder(process), key);
}

/// Permitted, bounding, no-new-privileges and seccomp of each of its threads but the first.
std::vector<std::string> threads_of(pid_t process) {
  std::vector<std::string> all;
  for (const auto& thread : std::filesystem::directory_iterator(process_folder(process) / "task")) {
    if (thread.path().filename() == std::to_string(process)) continue;
    std::string line;
    for (const std::string key : {"CapPrm", "CapBnd", "NoNewPrivs", "Seccomp"}) {
      line += status_in(thread.path(), key) + " ";
    }
    all.push_back(line);
  }
  return all;
}

/// Of these rights those that this process has: a container may lack some.
std::string ours_of(std::uint64_t rights) {
  const std::uint64_t own = std::stoull(status_of(::getpid(), "CapPrm"), nullptr, 16);
  return fmt::format("{:016x}", own & rights);
}

void open_to_all(const std::string& path) {
  std::filesystem::permissions(path, std::filesystem::perms(0755));
}

/// A copy of the program that raises its caller's rights as its file says.
std::string raising_program(const Router& router, bool by_set_user_id) {
  open_to_all(router.path(""));
  const auto file = router.path("raising");
  std::filesystem::copy_file(LATESYN_PROGRAM, file);
  open_to_all(file);
  if (by_set_user_id) {
    std::filesystem::permissions(file, std::filesystem::perms(04755));
    return file;
  }
  vfs_cap_data rights{};
  rights.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  rights.data[0].permitted = 1U << unsigned{CAP_NET_ADMIN} | 1U << unsigned{CAP_NET_RAW};
  REQUIRE(::setxattr(file.c_str(), "security.capability", &rights, XATTR_CAPS_SZ_2, 0) == 0);
  return file;
}

void become_nobody() {
  if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) {
    ::_exit(126);
  }
}

/// What a caller might try: programs of its own, libraries of its own.
std::map<std::string, std::string> hostile_environment(const Router& router) {
  const auto marker = router.path("marker");
  for (const std::string name : {"iptables-save", "iptables-restore", "ip6tables-save",
                                 "ip6tables-restore", "ip", "modprobe", "nft"}) {
    std::filesystem::create_directory(router.path("own"));
    const auto file = router.write("own/" + name, "#!/bin/sh\ntouch " + marker + "\nexit 1\n");
    open_to_all(file);
  }
  return {{"PATH", router.path("own") + ":/usr/bin:/bin"},
          {"XTABLES_LIBDIR", router.path("own")},
          {"XTABLES_LOCKFILE", router.path("lock")},
          {"LD_LIBRARY_PATH", router.path("own")},
          // Leaks can't be looked for in a process that its own user may not look at.
          {"ASAN_OPTIONS", "detect_leaks=0"}};
}

/// A script in the place of iptables-save, which writes down what it was told and may do.
std::function<void()> telling_iptables(const Router& router) {
  const auto told = router.write("told", "");
  std::filesystem::permissions(told, std::filesystem::perms(0666));
  return with_script(router, "iptables-save",
                     "tr '\\0' '\\n' < /proc/$$/environ > " + told +
                         "\ngrep -E '^(Uid|CapInh|CapPrm|CapEff|CapAmb):' /proc/$$/status >> " +
                         told + "\nexec /usr/sbin/iptables-nft-save \"$@\"\n");
}

}  // namespace

TEST_CASE("Programs that run starts are the system's, in an environment that is always the same") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  auto environment = hostile_environment(router);
  environment.erase("XTABLES_LOCKFILE");
  const auto program = router.start(
      {"run", policy}, {.environment = environment, .before_start = telling_iptables(router)});
  INFO(program->said());
  REQUIRE(program->says("taking "));
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  CHECK_THAT(Folder::text(router.path("told")),
             Catch::StartsWith("PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nUid:\t0\t0\t0\t0\n"));
  CHECK_FALSE(std::filesystem::exists(router.path("marker")));
  CHECK(router.chains().empty());
}

TEST_CASE("Root's run keeps what it needs, and who reads packets keeps two rights") {
  const Router router;
  const auto program =
      router.run({router.write("p.toml", policy_text(hold_text("1s"))), "--workers", "3"});
  // Network administration and raw packets; of files, to read and write anybody's; modules.
  const std::string kept = ours_of(0x13006);
  CHECK(status_of(program->pid(), "CapPrm") == kept);
  CHECK(status_of(program->pid(), "CapEff") == kept);
  CHECK(status_of(program->pid(), "CapBnd") == kept);
  CHECK(status_of(program->pid(), "NoNewPrivs") == "1");
  const std::string packets = std::string(kOurRights) + " " + kept + " 1 2 ";
  const auto threads = threads_of(program->pid());
  CHECK(std::ranges::count(threads, packets) >= 2);
  // Reloads go on, with iptables.
  program->send(SIGHUP);
  CHECK(program->says("reloaded "));
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  CHECK(router.chains().empty());
}

TEST_CASE("With rights from its file, run is its caller but for two rights, which iptables gets") {
  const bool by_set_user_id = GENERATE(false, true);
  CAPTURE(by_set_user_id);
  const Router router;
  const auto file = raising_program(router, by_set_user_id);
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto replace = telling_iptables(router);
  const ProgramSettings settings{
      .program = file, .environment = hostile_environment(router), .before_start = [&replace] {
        replace();
        become_nobody();
      }};
  const auto program = router.start({"run", policy}, settings);
  INFO(program->said());
  REQUIRE(program->says("taking "));
  CHECK(status_of(program->pid(), "Uid") == "65534\t65534\t65534\t65534");
  CHECK(status_of(program->pid(), "CapPrm") == kOurRights);
  CHECK(status_of(program->pid(), "CapEff") == kOurRights);
  // Lent only while iptables runs, which the run may just have asked what rules there are.
  for (const std::string lent : {"CapInh", "CapAmb"}) {
    CHECK(eventually([&] { return status_of(program->pid(), lent) == kNoRights; }));
  }
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  CHECK(Folder::text(router.path("told")) ==
        std::string("PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n"
                    "Uid:\t65534\t65534\t65534\t65534\nCapInh:\t") +
            kOurRights + "\nCapPrm:\t" + kOurRights + "\nCapEff:\t" + kOurRights + "\nCapAmb:\t" +
            kOurRights + "\n");
  CHECK_FALSE(std::filesystem::exists(router.path("marker")));
  CHECK(router.chains().empty());
}

TEST_CASE("With rights from its file, run opens files as its caller") {
  const bool by_set_user_id = GENERATE(false, true);
  const Router router;
  const auto file = raising_program(router, by_set_user_id);
  const auto policy = router.write("p.toml", policy_text(hold_text("1s")));
  const auto secret = router.write("secret.toml", policy_text(hold_text("1s")));
  std::filesystem::permissions(secret, std::filesystem::perms(0600));
  const auto said = [&](const std::vector<std::string>& arguments) {
    const auto program = router.start(arguments, {.program = file,
                                                  .environment = hostile_environment(router),
                                                  .before_start = become_nobody});
    CHECK(program->wait() == 2);
    return program->said();
  };
  CHECK_THAT(said({"run", secret}),
             Contains("secret.toml: cannot read this policy: no permission; "));
  for (const std::string option : {"--json", "--events", "--pcap"}) {
    CHECK_THAT(said({"run", policy, option, router.path("output")}),
               Contains("output: Permission denied"));
  }
  CHECK_FALSE(std::filesystem::exists(router.path("output")));
}

TEST_CASE("With rights from its file, clean does what it may and says what it can't see") {
  const Router router;
  const auto file = raising_program(router, false);
  const auto killed = router.run({router.write("p.toml", policy_text(hold_text("1s")))});
  killed->send(SIGKILL);
  REQUIRE(killed->wait() == 128 + SIGKILL);
  {
    const Inside inside(router.network().router());
    for (const char* older : {"iptables-legacy", "ip6tables-legacy"}) {
      REQUIRE(run_command({older, "-t", "raw", "-S"}).ok());
    }
  }
  const auto clean = router.start(
      {"clean"},
      {.program = file, .environment = hostile_environment(router), .before_start = become_nobody});
  CHECK(clean->wait() == 2);
  CHECK(clean->printed() == "IPv4 chain LATESYN-9293 removed\nIPv6 chain LATESYN-9293 removed\n");
  CHECK(clean->said() ==
        "latesyn: could not see whether the older iptables has IPv4 rules: "
        "/proc/thread-self/net/ip_tables_names: Permission denied; run it with sudo\n"
        "latesyn: could not see whether the older iptables has IPv6 rules: "
        "/proc/thread-self/net/ip6_tables_names: Permission denied; run it with sudo\n");
}

TEST_CASE("With rights from its file, the lab has none but its caller's") {
  const bool by_set_user_id = GENERATE(false, true);
  const Router router;
  const auto file = raising_program(router, by_set_user_id);
  const auto policy = router.write("p.toml", Folder::text(shipped("no_rules.toml")));
  const auto program = router.start(
      {"lab", policy, "--client", "cat /proc/self/uid_map; echo done; exec sleep 1000"},
      {.program = file, .environment = hostile_environment(router), .before_start = become_nobody});
  INFO(program->said());
  REQUIRE(program->says("client: done"));
  CHECK_THAT(program->said(), Contains(fmt::format("client: {:>10} {:>10} {:>10}", 0, kNobody, 1)));
  CHECK(status_of(program->pid(), "Uid") == "65534\t65534\t65534\t65534");
  CHECK(status_of(program->pid(), "CapPrm") == kNoRights);
  CHECK_FALSE(std::filesystem::exists(router.path("marker")));
}

}  // namespace latesyn
