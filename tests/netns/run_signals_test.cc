// Signals that come faster than what they ask for can be done.

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::string_view kHoldForAMoment = R"(
[[rule]]
name = "a moment"
when = { segment = "syn" }
do = "delay"
by = "1ms"
)";

/// iptables, which waits at a gate while there is one.
class GatedIptables {
 public:
  explicit GatedIptables(const Router& router)
      : gate_(router.path("gate")), reached_(router.path("reached")) {
    const auto real = std::filesystem::canonical("/usr/sbin/iptables-restore");
    std::filesystem::copy_file(real, router.path("real"));
    script_ = router.write("script", "#!/bin/bash\nif [ -p " + gate_ + " ]; then echo > " +
                                         reached_ + "; read < " + gate_ + "; fi\nexec -a \"$0\" " +
                                         router.path("real") + " \"$@\"\n");
    ::chmod(script_.c_str(), 0755);
    real_ = real;
  }
  /// In the new process: from here on this is iptables.
  void take_place() const {
    ::unshare(CLONE_NEWNS);
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    ::mount(script_.c_str(), real_.c_str(), nullptr, MS_BIND, nullptr);
  }
  void close() { REQUIRE(::mkfifo(gate_.c_str(), 0600) == 0); }
  bool reached() const { return std::filesystem::exists(reached_); }
  /// Whoever waits at it, or will, passes.
  void open() {
    const Descriptor gate(::open(gate_.c_str(), O_RDWR | O_CLOEXEC));
    std::filesystem::rename(gate_, gate_ + "-open");
    const std::string passes(100, '\n');
    REQUIRE(::write(gate.get(), passes.data(), passes.size()) == 100);
    opened_ = Descriptor(::dup(gate.get()));
  }

 private:
  std::string gate_, reached_, script_, real_;
  Descriptor opened_;
};

}  // namespace

TEST_CASE("100 requests a second to reload become few, and a stop comes before them") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kHoldForAMoment)));
  const auto program = router.run({policy});
  constexpr unsigned kRequests = 200;
  for (unsigned i = 0; i < kRequests; ++i) {
    program->send(SIGHUP);
    ::poll(nullptr, 0, 10);
  }
  program->send(SIGTERM);
  CHECK(program->wait(std::chrono::seconds(3)) == 0);
  CHECK(router.chains().empty());
  const auto reloads = count_of(program->said(), "reloaded " + policy);
  CHECK(reloads > 0);
  CHECK(reloads < kRequests);
}

TEST_CASE("While a reload waits for iptables packets are decided on") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const Router router;
  GatedIptables iptables(router);
  const Server server(router.network().server(), router.server(family), echo);
  const auto policy = router.write("p.toml", policy_text(std::string(kHoldForAMoment)));
  const auto program = router.start({"run", policy, "--json", router.path("report")},
                                    {.before_start = [&iptables] { iptables.take_place(); }});
  REQUIRE(program->says("seed "));
  iptables.close();
  program->send(SIGHUP);
  REQUIRE(eventually([&] { return iptables.reached(); }));
  CHECK(ask(router.network().client(), router.server(family), "hello") == "hello");
  CHECK(count_of(program->said(), "reloaded") == 0);
  iptables.open();
  CHECK(program->says("reloaded"));
  CHECK(stop(router, *program)["counters"]["captured"] > 0);
}

}  // namespace latesyn
