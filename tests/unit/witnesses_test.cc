#include "proxy/policy/witnesses.hpp"

#include "proxy/describe/describe.hpp"
#include "proxy/report/report.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using Texts = std::vector<std::string>;

const std::string kPolicy = R"(about = "a"
[[rule]]
do = "hold"
[[expect]]
outcome = "reset"
accepted = 1
[[expect]]
exchanges = "intact"
example = "seen"
client_final = "CLOSED"
server_reached = "LISTEN"
server_never = "CLOSED"
client_counters = { TcpEstabResets = 1 }
client_status = 0
server_status = 0
served = 1
)";

Texts untold(const Witnesses& witnesses) {
  return untold_by(witnesses, policy_of(kPolicy).expectations);
}

/// What is judged of the policy where nothing happened: "FAIL the client ends in CLOSED".
Texts judged(const std::optional<LabFacts>& lab) {
  Report report{.lab = lab};
  judge(policy_of(kPolicy), report);
  Texts all;
  for (const Finding& f : report.expectations) all.push_back((f.passed ? "ok " : "FAIL ") + f.text);
  return all;
}

}  // namespace

TEST_CASE("what only the lab can tell is named where no lab runs, and is not judged") {
  const auto key = [](int expectation, const std::string& name) {
    return "[[expect]] " + std::to_string(expectation) + ", \"" + name +
           "\": only the lab can tell";
  };
  CHECK(untold({}) == Texts{key(1, "accepted"), key(2, "exchanges"), key(2, "example"),
                            key(2, "client_final"), key(2, "client_counters"),
                            key(2, "client_status"), key(2, "server_reached"),
                            key(2, "server_never"), key(2, "server_status"), key(2, "served")});
  CHECK(judged(std::nullopt) == Texts{"FAIL all late SYNs, at least one, end in reset"});
}

TEST_CASE("the built-in ends have no status, and commands tell nothing but their status") {
  CHECK(untold({.lab = true}) ==
        Texts{"[[expect]] 2, \"server_status\": the server is built in; --server names one",
              "[[expect]] 2, \"client_status\": the client is built in; --client names one"});
  CHECK(untold({.lab = true, .client_command = true, .server_command = true}) ==
        Texts{"[[expect]] 1, \"accepted\": a command is the server, which does not tell",
              "[[expect]] 2, \"example\": it is about the built-in ends, and a command ran",
              "[[expect]] 2, \"served\": a command is the server, which does not tell"});
}

TEST_CASE("the report says what was not judged, and that alone fails nothing") {
  const Policy policy = policy_of("about = \"a\"\n[[expect]]\naccepted = 1\n");
  Report report{.counters = {.packets = 1}};
  judge(policy, report);
  CHECK(report.passed());
  CHECK(to_text(report) == "--    not judged: [[expect]] 1, \"accepted\": only the lab can tell\n");
}

TEST_CASE("check says what run does not judge") {
  CHECK_THAT(describe(policy_of("about = \"a\"\n[[expect]]\naccepted = 1\n")),
             Catch::EndsWith("Expected:\n"
                             "  connections that the application is given: 1\n"
                             "  not judged by run: [[expect]] 1, \"accepted\": only the lab can "
                             "tell\n"));
}

}  // namespace latesyn::test
