// The lab is shut off: it needs no rights, nothing of it can be seen from outside, and nothing is
// left of it.

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>

#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// The network namespaces of all processes, by the kernel's number.
std::set<std::string> network_namespaces() {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::error_code gone;
    const auto link = std::filesystem::read_symlink(entry.path() / "ns/net", gone);
    if (!gone) all.insert(link);
  }
  return all;
}

/// All processes that descend from one, itself too.
std::set<int> family_of(int process) {
  std::set<int> all{process};
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", process));
  for (int child = 0; file >> child;) all.merge(family_of(child));
  return all;
}

bool lives(int process) { return std::filesystem::exists(fmt::format("/proc/{}", process)); }

/// The namespaces of some processes that are not ours.
std::set<std::string> foreign_namespaces(const std::set<int>& processes) {
  const auto ours = std::filesystem::read_symlink("/proc/self/ns/net").string();
  std::set<std::string> all;
  for (const int process : processes) {
    std::error_code gone;
    const auto link =
        std::filesystem::read_symlink(fmt::format("/proc/{}/ns/net", process), gone).string();
    if (!gone && link != ours) all.insert(link);
  }
  return all;
}

/// Those with this command line, whatever namespace they are in.
std::set<std::string> processes_named(const std::string& command) {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::string text = Folder::text(entry.path() / "cmdline");
    std::ranges::replace(text, '\0', ' ');
    if (text == command + " ") all.insert(entry.path());
  }
  return all;
}

std::string interfaces() { return run_command({"/bin/sh", "-c", "ip -o link; ip netns"}).out; }

/// The program as the user nobody, who could not reach it by its path.
ProgramSettings as_nobody(const std::vector<std::string>& arguments) {
  return {.environment = {}, .before_start = [arguments] {
            const int program = ::open(LATESYN_PROGRAM, O_PATH | O_CLOEXEC);
            constexpr uid_t kNobody = 65534;
            if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) {
              ::_exit(126);
            }
            std::vector<std::string> all = arguments;
            all.insert(all.begin(), "latesyn");
            std::vector<char*> pointers;
            for (std::string& argument : all) pointers.push_back(argument.data());
            pointers.push_back(nullptr);
            ::fexecve(program, pointers.data(), environ);
          }};
}

/// The older iptables in the place of the newer; and its lock, which an ordinary user can't open.
void use_older_iptables() {
  if (::unshare(CLONE_NEWNS) != 0) ::_exit(126);
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (::mount("/usr/sbin/xtables-legacy-multi", "/usr/sbin/xtables-nft-multi", nullptr, MS_BIND,
              nullptr) != 0) {
    ::_exit(126);
  }
  ::close(::open("/run/xtables.lock", O_CREAT | O_CLOEXEC, 0600));
}

}  // namespace

TEST_CASE("lab: an ordinary user needs no rights with the older iptables either") {
  const Folder folder;
  const std::string policy = folder.write("stale.toml", Folder::text(shipped("stale_syn.toml")));
  for (const std::string family : {"-4", "-6"}) {
    const std::vector<std::string> arguments{"lab", policy, family};
    ProgramSettings settings = as_nobody(arguments);
    settings.before_start = [becomes_nobody = settings.before_start] {
      use_older_iptables();
      becomes_nobody();
    };
    RunningProgram program(Namespace::current(), arguments, settings);
    const int status = program.wait(std::chrono::seconds(60));
    INFO(program.printed() << program.said());
    CHECK(status == 0);
  }
}

TEST_CASE("lab: an ordinary user needs no rights, in both families") {
  const Folder folder;
  const std::string policy = folder.write("two_way.toml", Folder::text(shipped("two_way.toml")));
  std::vector<std::unique_ptr<RunningProgram>> programs;
  for (const std::string family : {"-4", "-6"}) {
    const std::vector<std::string> arguments{"lab",
                                             policy,
                                             family,
                                             "--json",
                                             folder.path(family + ".json"),
                                             "--pcap",
                                             folder.path(family + ".pcap")};
    programs.push_back(
        std::make_unique<RunningProgram>(Namespace::current(), arguments, as_nobody(arguments)));
  }
  for (auto& program : programs) {
    INFO(program->printed() << program->said());
    CHECK(program->wait(std::chrono::seconds(60)) == 0);
  }
  for (const std::string family : {"-4", "-6"}) {
    const auto report = nlohmann::json::parse(folder.read(family + ".json"));
    CHECK(of_late_syns<std::string>(report, "outcome") == Rows{"ghost"});
    CHECK(last_states(report) == "CLOSED ESTABLISHED");
  }
}

TEST_CASE("lab: nothing of it can be seen from outside, and nothing is left after SIGKILL") {
  const std::string before = interfaces();
  LabRun run({shipped("half_open.toml")});
  const int process = run.program().pid();
  // The server's and the client's namespaces exist once the two programs run.
  CHECK(eventually([&] { return foreign_namespaces(family_of(process)).size() == 3; }));
  const std::set<int> processes = family_of(process);
  const std::set<std::string> namespaces = foreign_namespaces(processes);
  CHECK(interfaces() == before);
  run.program().send(SIGKILL);
  CHECK(run.status() == 128 + SIGKILL);
  for (const int each : processes) CHECK(eventually([&] { return !lives(each); }));
  CHECK(eventually([&] {
    const auto all = network_namespaces();
    return std::ranges::none_of(namespaces, [&](const auto& n) { return all.contains(n); });
  }));
  CHECK(interfaces() == before);
}

TEST_CASE("lab: Ctrl-C ends it with what was seen so far") {
  LabRun run({shipped("half_open.toml")});
  CHECK(eventually([&] { return foreign_namespaces(family_of(run.program().pid())).size() == 3; }));
  run.program().send(SIGINT);
  CHECK(run.status() == 1);
  CHECK(run.json().at("lab").at("interrupted") == true);
  CHECK_THAT(run.printed(), Catch::Contains("interrupted: what stands here is what was seen"));
}

TEST_CASE("lab: a program that leaves its group and its parent is gone with the lab") {
  const Folder folder;
  LabRun run({shipped("no_rules.toml"), "--client",
              "(setsid sleep 98765 & echo $! > " + folder.path("mark") + "); exit 0"});
  run.status();
  CHECK(folder.read("mark") != "");
  CHECK(processes_named("sleep 98765").empty());
}

}  // namespace latesyn::test
