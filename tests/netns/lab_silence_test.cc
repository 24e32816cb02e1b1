// What a late SYN costs the server when nobody answers for the client: with three messages, and
// with two.

#include <fmt/format.h>

#include <fstream>

#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// The processes that a process has started.
std::vector<int> children(int process) {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", process));
  std::vector<int> all;
  for (int child = 0; file >> child;) all.push_back(child);
  return all;
}

/// The process of the lab's server: the first that the lab's first process has started and that
/// still runs. Zero where there is none.
int server_process(const RunningProgram& program) {
  int process = program.pid();
  // The program, the one that makes the namespaces, the first in them, the server.
  for (int generation = 0; generation < 3 && process != 0; ++generation) {
    const auto next = children(process);
    process = next.empty() ? 0 : next[0];
  }
  return process;
}

/// What `ss` says about connections of the lab's server.
std::string ss_at_server(const RunningProgram& program, const std::string& arguments) {
  const auto in = std::to_string(server_process(program));
  return run_command({"/usr/bin/nsenter", "-t", in, "-n", "/bin/sh", "-c", "ss -Htan " + arguments})
      .out;
}

}  // namespace

TEST_CASE("lab: with the client's answers swallowed the server stays half-open, as ss agrees") {
  BothFamilies both({shipped("half_open.toml")});
  for (LabRun* run : both.runs()) {
    std::string seen;
    CHECK(eventually([&] {
      seen = ss_at_server(run->program(), "state syn-recv");
      return seen.find(":8080") != seen.npos;
    }));
    CHECK(ss_at_server(run->program(), "state connected exclude syn-recv").empty());
  }
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const Rows rows = example_rows(run->json());
    CHECK(Rows(rows.end() - 5, rows.end()) ==
          Rows{"CLOSED ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "CLOSED <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "CLOSED --> <SEQ=101><CTL=RST> XXX SYN-RECEIVED",
               "CLOSED <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "CLOSED --> <SEQ=101><CTL=RST> XXX SYN-RECEIVED"});
    CHECK(last_states(run->json()) == "CLOSED SYN-RECEIVED");
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Rows{"half-open"});
    CHECK(of_late_syns<bool>(run->json(), "reached_application") == std::vector<bool>{false});
    CHECK(run->json().at("lab").at("accepted") == 1);
  }
}

TEST_CASE("lab: with two messages the server accepts a connection that nobody is at the end of") {
  BothFamilies both({shipped("two_way.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const Rows rows = example_rows(run->json());
    CHECK(Rows(rows.end() - 3, rows.end()) ==
          Rows{"CLOSED ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "CLOSED XXX <SEQ=400><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "CLOSED P-> <SEQ=101><ACK=401><CTL=ACK> --> ESTABLISHED"});
    CHECK(last_states(run->json()) == "CLOSED ESTABLISHED");
    const auto& socket = run->json().at("ladder").at(0).at("end").at("b");
    CHECK(socket.at("timer") == "none");
    CHECK(socket.at("inode") != 0);
    CHECK(run->json().at("lab").at("accepted") == 2);
    CHECK(run->json().at("lab").at("served") == 1);
    CHECK_THAT(
        run->printed(),
        Catch::Contains("server: its application read nothing from 1 of 2 accepted connections\n"));
    const auto& late = run->json().at("late_syns").at(0);
    CHECK(late.at("outcome") == "ghost");
    CHECK(late.at("reached_application") == true);
    CHECK(late.at("server_state_ended") == false);
    CHECK(late.at("server_state_s") >= 2.9);
  }
}

TEST_CASE("lab: the same policy costs milliseconds with three messages, and is compared") {
  LabRun run({shipped("stale_syn.toml"), shipped("two_way.toml")});
  CHECK(run.status() == 0);
  REQUIRE(run.json().size() == 2);
  CHECK(run.json().at(0).at("late_syns").at(0).at("outcome") == "reset");
  CHECK(run.json().at(1).at("late_syns").at(0).at("outcome") == "ghost");
  const std::string printed = run.printed();
  const auto table = printed.substr(printed.find("What it cost the server"));
  CHECK_THAT(table, Catch::Contains("saw nothing             0") &&
                        Catch::Contains("saw it                  1"));
}

}  // namespace latesyn::test
