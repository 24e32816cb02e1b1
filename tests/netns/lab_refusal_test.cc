// What the lab refuses, with the sentence that mends it; its exit status is 2 then.

#include <sys/mount.h>

#include "proxy/process/command.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

struct Refusal {
  int status;
  std::string said;
  bool operator==(const Refusal&) const = default;
};

Refusal refusal(const std::vector<std::string>& arguments, const ProgramSettings& settings = {}) {
  LabRun run(arguments, settings);
  const int status = run.status();
  return {status, run.said()};
}

std::string with_settings(const Folder& folder, const std::string& settings) {
  return folder.write("policy.toml", policy_text("[lab]\n" + settings + "\n"));
}

/// Hides a program from the one that is started.
ProgramSettings without(const std::vector<std::string>& programs) {
  return {.environment = {}, .before_start = [programs] {
            if (::unshare(CLONE_NEWNS) != 0) ::_exit(126);
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
            for (const std::string& each : programs) {
              ::mount("/dev/null", each.c_str(), nullptr, MS_BIND, nullptr);
            }
          }};
}

}  // namespace

TEST_CASE("lab: refuses a policy that is not there") {
  CHECK(refusal({"none.toml"}) ==
        Refusal{2,
                "latesyn: none.toml: cannot read this policy: no such file; policies/ has "
                "examples\n"});
}

TEST_CASE("lab: refuses a family that the policy has no server of") {
  const Folder folder;
  const std::string policy =
      folder.write("policy.toml", "about = \"x\"\n[traffic]\nservers = [\"[fd00:2::2]:80\"]\n");
  CHECK(refusal({policy, "-4"}) ==
        Refusal{
            2, "latesyn: " + policy + ": [traffic] names no IPv4 end; leave out -4, or add one\n"});
}

TEST_CASE("lab: refuses a setting that the kernel does not have") {
  const Folder folder;
  const std::string policy =
      with_settings(folder, "server_sysctls = { \"net.ipv4.tcp_nonsense\" = 1 }");
  CHECK(refusal({policy}) ==
        Refusal{2,
                "latesyn: could not set net.ipv4.tcp_nonsense = 1 in the lab: No such file or "
                "directory; this kernel has no such setting for a network namespace\n"});
}

TEST_CASE("lab: refuses a value that the kernel does not take") {
  const Folder folder;
  const std::string policy =
      with_settings(folder, "server_sysctls = { \"net.ipv4.tcp_rfc1337\" = \"much\" }");
  CHECK(refusal({policy}) ==
        Refusal{2,
                "latesyn: could not set net.ipv4.tcp_rfc1337 = much in the lab: Invalid "
                "argument\n"});
}

TEST_CASE("lab: refuses an output file that can't be written") {
  CHECK(
      refusal({shipped("no_rules.toml"), "--pcap", "/none/x.pcap"}) ==
      Refusal{2, "latesyn: could not open the capture /none/x.pcap: No such file or directory\n"});
}

TEST_CASE("lab: a server that ends without listening is told with its last words") {
  CHECK(refusal({shipped("no_rules.toml"), "--server", "echo no port for me; exit 3"}) ==
        Refusal{2,
                "server: no port for me\nlatesyn: the server ended with status 3 and does not "
                "listen on 10.2.0.2:8080; its last words:\nno port for me\n"});
}

TEST_CASE("lab: a server that never listens is given up after 10 s") {
  CHECK(refusal({shipped("no_rules.toml"), "--server", "echo waiting; exec sleep 1000"}) ==
        Refusal{2,
                "server: waiting\nlatesyn: the server has had 10 s and does not listen on "
                "10.2.0.2:8080; its last words:\nwaiting\n"});
}

TEST_CASE("lab: without the program ip it says how to install it") {
  CHECK(refusal({shipped("no_rules.toml")}, without({"/usr/bin/ip", "/usr/sbin/ip"})) ==
        Refusal{2,
                "latesyn: could not find the program ip, which makes the lab's links; install "
                "it: sudo apt-get install iproute2\n"});
}

TEST_CASE("lab: without iptables it says how to install it") {
  const Refusal found = refusal({shipped("no_rules.toml")},
                                without({"/usr/sbin/iptables-save", "/usr/sbin/iptables-restore"}));
  CHECK(found.status == 2);
  CHECK_THAT(found.said,
             Catch::Contains("iptables") && Catch::Contains("apt-get install iptables"));
}

TEST_CASE("lab: where user namespaces are refused it names the settings that allow them") {
  const Folder folder;
  const std::string policy = folder.write("policy.toml", Folder::text(shipped("no_rules.toml")));
  const auto result = run_command({"/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c",
                                   "echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv "
                                   "--bounding-set=-sys_admin " LATESYN_PROGRAM " lab " +
                                       policy});
  CHECK(result.status == 2);
  CHECK(result.error ==
        "latesyn: could not make a user namespace: No space left on device; run it as root, or let "
        "users make user namespaces: sudo sysctl -w user.max_user_namespaces=10000, on Debian also "
        "kernel.unprivileged_userns_clone=1, on Ubuntu also "
        "kernel.apparmor_restrict_unprivileged_userns=0\n");
}

TEST_CASE("lab: what lasts longer than --duration is ended, which is no success") {
  const Folder folder;
  const std::string policy = folder.write(
      "policy.toml",
      policy_text("[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"hold\"\nuntil = \"released\"\n"));
  LabRun run({policy, "--duration", "500ms"});
  CHECK(run.status() == 1);
  CHECK(run.json().at("passed") == false);
  CHECK(run.json().at("lab").at("out_of_time") == true);
  CHECK(run.json().at("lab").at("held_at_end") == 1);
  CHECK_THAT(run.printed(), Catch::Contains("FAIL  the lab comes to its end\n      found: the time "
                                            "was up (--duration 500ms): the client still ran\n"));
}

}  // namespace latesyn::test
