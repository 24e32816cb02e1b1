// Whoever reads what a run says and writes may be slow, stop, go away, or never have been there:
// packets go on all the same, and what could not be written is counted.

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"
#include "tests/netns/terminal.hpp"
#include "tests/netns/unread_pipe.hpp"

namespace latesyn {
namespace {

using Catch::Matchers::Contains;

/// A router with a run on it whose outputs are `redirected` just before it starts.
class Unread {
 public:
  explicit Unread(const std::function<void()>& redirected, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"run",
                                       router_.write("p.toml", policy_text(std::string(kSlowSyns))),
                                       "--json", router_.path("report")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    program_ = router_.start(arguments, {.before_start = redirected});
    REQUIRE(eventually([this] { return router_.chains().size() == 2; }));
  }
  const Router& router() const { return router_; }
  RunningProgram& program() { return *program_; }
  /// How many of so many connections are served, one after the other.
  unsigned served(unsigned connections) const {
    const Family family = Family::v4;
    const Server server(router_.network().server(), router_.server(family), echo);
    unsigned count = 0;
    for (unsigned i = 0; i < connections; ++i) {
      const auto answer = ask(router_.network().client(), router_.server(family), "hello");
      count += answer == "hello" ? 1U : 0U;
    }
    return count;
  }
  int stop() {
    program_->send(SIGINT);
    return program_->wait(std::chrono::seconds(8));
  }

 private:
  Router router_;
  std::unique_ptr<RunningProgram> program_;
};

void redirect(int number, const char* path, int access) {
  ::dup2(::open(path, access | O_CLOEXEC), number);
}

}  // namespace

TEST_CASE("A log that nobody reads stops no packet, and its lines are counted") {
  const UnreadPipe pipe;
  Unread run([&] { ::dup2(pipe.end(), STDERR_FILENO); });
  CHECK(run.served(100) == 100);
  CHECK(run.stop() == 0);
  CHECK(run.router().chains().empty());
  const unsigned missing = run.router().read_json("report")["unwritten"]["console"];
  CHECK(missing > 0);
  CHECK_THAT(run.program().printed(),
             Contains("Not written: " + std::to_string(missing) + " lines of the log.\n"));
}

TEST_CASE("A log without a place to go stops nothing") {
  const char* place = GENERATE("closed", "/dev/full");
  INFO(place);
  Unread run([place] {
    if (place[0] == '/') return redirect(STDERR_FILENO, place, O_WRONLY);
    ::close(STDERR_FILENO);
  });
  CHECK(run.served(3) == 3);
  CHECK(run.stop() == 0);
  CHECK(run.router().chains().empty());
  CHECK(run.router().read_json("report")["unwritten"]["console"] > 0);
}

TEST_CASE("A report that does not reach the standard output is an error") {
  const char* place = GENERATE("closed", "/dev/full");
  INFO(place);
  Unread run([place] {
    if (place[0] == '/') return redirect(STDOUT_FILENO, place, O_WRONLY);
    ::close(STDOUT_FILENO);
  });
  CHECK(run.stop() == 2);
  CHECK(run.router().chains().empty());
  CHECK_THAT(run.program().said(),
             Contains("latesyn: could not write to the standard output: " +
                      std::string(place[0] == '/' ? "No space left on device" : "Bad file")));
}

TEST_CASE("What is written to pipes that nobody reads stops no packet, and is counted") {
  test::Scratch folder;
  const std::string events = folder.path() / "events", pcap = folder.path() / "pcap";
  REQUIRE(::mkfifo(events.c_str(), 0600) == 0);
  REQUIRE(::mkfifo(pcap.c_str(), 0600) == 0);
  Unread run({}, {"--events", events, "--pcap", pcap});
  CHECK(run.served(100) == 100);
  CHECK(run.stop() == 2);
  const auto unwritten = run.router().read_json("report")["unwritten"];
  CHECK(unwritten["console"] == 0);
  CHECK(unwritten["events"] > 0);
  CHECK(unwritten["pcap"] > 0);
  CHECK_THAT(run.program().said(), Contains("records of the event log " + events) &&
                                       Contains("records of the capture " + pcap));
}

TEST_CASE("A terminal that is closed takes all three streams along, and the run ends cleanly") {
  Terminal terminal;
  Unread run([&] {
    terminal.attach();
    ::dup2(STDIN_FILENO, STDOUT_FILENO);
  });
  terminal.close();
  CHECK(run.program().wait() == 2);  // nobody got the report
  CHECK(run.router().chains().empty());
  CHECK(run.router().read_json("report")["passed"] == true);
}

TEST_CASE("Events that go to the standard output have it to themselves") {
  const Router router;
  const auto policy = router.write("p.toml", policy_text(std::string(kSlowSyns)));
  const auto program = router.run({policy, "--events", "-"});
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  CHECK(nlohmann::json::parse(program->printed()).at("event") == "started");
  CHECK_THAT(program->said(), Contains("Not one segment of the policy's traffic was seen"));
}

}  // namespace latesyn
