// The late SYN between two real kernels, in all the states in which it can find them (catalogue S1
// to S8, S10).

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

using Outcomes = std::vector<std::string>;

double server_state_s(const nlohmann::json& report) {
  return of_late_syns<double>(report, "server_state_s").at(0);
}

}  // namespace

TEST_CASE("lab: of a late SYN between closed ends the server lets go in milliseconds") {
  BothFamilies both({shipped("stale_syn.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    CHECK(example_rows(run->json()) ==
          Rows{"SYN-SENT --> <SEQ=100><CTL=SYN> ... LISTEN",
               "SYN-SENT --> <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "ESTABLISHED <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "ESTABLISHED --> <SEQ=101><ACK=301><CTL=ACK> --> ESTABLISHED",
               "ESTABLISHED --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> ESTABLISHED",
               "ESTABLISHED <-- <SEQ=301><ACK=111><DATA=10><CTL=ACK> <-- ESTABLISHED",
               "FIN-WAIT-1 --> <SEQ=111><ACK=311><CTL=FIN,ACK> --> CLOSE-WAIT",
               "CLOSED <-- <SEQ=311><ACK=112><CTL=FIN,ACK> <-- LAST-ACK",
               "CLOSED --> <SEQ=112><ACK=312><CTL=ACK> --> LISTEN",
               "CLOSED ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "CLOSED <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "CLOSED --> <SEQ=101><CTL=RST> --> LISTEN"});
    CHECK(last_states(run->json()) == "CLOSED LISTEN");
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"reset"});
    CHECK(server_state_s(run->json()) < 0.05);
    CHECK(of_late_syns<bool>(run->json(), "reached_application") == std::vector<bool>{false});
    CHECK(run->json().at("lab").at("accepted") == 1);
  }
}

TEST_CASE("lab: a client in TIME-WAIT is assassinated, and the server stays half-open for 1 s") {
  BothFamilies both({shipped("time_wait_client.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const Rows rows = example_rows(run->json());
    CHECK(Rows(rows.end() - 6, rows.end()) ==
          Rows{"TIME-WAIT ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "TIME-WAIT <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "TIME-WAIT --> <SEQ=112><ACK=312><CTL=ACK> --> SYN-RECEIVED",
               "CLOSED <-- <SEQ=312><CTL=RST> <-- SYN-RECEIVED",
               "CLOSED <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "CLOSED --> <SEQ=101><CTL=RST> --> LISTEN"});
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"reset"});
    CHECK(server_state_s(run->json()) == Approx(1.0).margin(0.2));
  }
}

TEST_CASE("lab: with RFC 1337 a client's TIME-WAIT survives, and the server stays half-open") {
  const Folder folder;
  const std::string policy =
      folder.write("policy.toml",
                   policy_text(hold_text("500ms") + "[lab]\nwatch = \"1500ms\"\nclient_sysctls = { "
                                                    "\"net.ipv4.tcp_rfc1337\" = 1 }\n"));
  BothFamilies both({policy});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    CHECK(last_states(run->json()) == "TIME-WAIT SYN-RECEIVED");
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"half-open"});
    CHECK(of_late_syns<bool>(run->json(), "server_state_ended") == std::vector<bool>{false});
  }
}

TEST_CASE("lab: a server in TIME-WAIT confirms nothing, and is assassinated") {
  BothFamilies both({shipped("time_wait_server.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const Rows rows = example_rows(run->json());
    CHECK(Rows(rows.end() - 6, rows.end()) ==
          Rows{"CLOSE-WAIT <-- <SEQ=311><ACK=111><CTL=FIN,ACK> <-- FIN-WAIT-1",
               "LAST-ACK --> <SEQ=111><ACK=312><CTL=FIN,ACK> --> TIME-WAIT",
               "CLOSED <-- <SEQ=312><ACK=112><CTL=ACK> <-- TIME-WAIT",
               "CLOSED ... <SEQ=100><CTL=SYN> --> TIME-WAIT",
               "CLOSED <-- <SEQ=312><ACK=112><CTL=ACK> <-- TIME-WAIT",
               "CLOSED --> <SEQ=112><CTL=RST> --> LISTEN"});
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"assassinated"});
    CHECK(server_state_s(run->json()) == 0);
  }
}

TEST_CASE("lab: with RFC 1337 a server's TIME-WAIT survives, which only its socket tells") {
  const Folder folder;
  const std::string policy =
      folder.write("policy.toml", policy_text(hold_text("500ms") +
                                              "[lab]\ncloses = \"server\"\nserver_sysctls = { "
                                              "\"net.ipv4.tcp_rfc1337\" = 1 }\n"));
  BothFamilies both({policy});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    CHECK(last_states(run->json()) == "CLOSED TIME-WAIT");
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"challenged"});
  }
}

TEST_CASE("lab: a duplicate SYN in SYN-RECEIVED is confirmed once more, and harms nothing") {
  BothFamilies both({shipped("duplicate_syn.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    CHECK(example_rows(run->json()) ==
          Rows{"SYN-SENT --> <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "SYN-SENT ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "ESTABLISHED <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "ESTABLISHED <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "ESTABLISHED --> <SEQ=101><ACK=301><CTL=ACK> --> ESTABLISHED"});
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"repeated"});
    CHECK(run->json().at("exchanges").at("intact") == 1);
  }
}

TEST_CASE("lab: a duplicate SYN in ESTABLISHED is challenged, and the data is unharmed") {
  BothFamilies both({shipped("challenged.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const Rows rows = example_rows(run->json());
    CHECK(Rows(rows.end() - 3, rows.end()) ==
          Rows{"ESTABLISHED ... <SEQ=100><CTL=SYN> --> ESTABLISHED",
               "ESTABLISHED <-- <SEQ=301><ACK=101><CTL=ACK> <-- ESTABLISHED",
               "ESTABLISHED ... <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> ESTABLISHED"});
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Outcomes{"challenged"});
    CHECK(run->json().at("exchanges").at("intact") == 1);
  }
}

TEST_CASE("lab: a late SYN to a port where nobody listens any more is refused") {
  const Folder folder;
  const std::string policy = folder.write("policy.toml", policy_text(hold_text("1s")));
  // The server ends when the conversation is over, and before the late SYN comes.
  LabRun run(
      {policy, "--server",
       "timeout 1.6 " LATESYN_PROGRAM
       " endpoint '{\"role\":1,\"server\":{\"address\":\"10.2.0.2\",\"port\":8080},"
       "\"client\":{\"address\":\"10.1.0.2\",\"port\":40000},\"follows_steps\":false,\"closer\":0,"
       "\"connections\":1,\"at_once\":1,\"message_size\":10}' 3>/dev/null || true"});
  CHECK(run.status() == 0);
  CHECK(of_late_syns<std::string>(run.json(), "outcome") == Outcomes{"refused"});
}

TEST_CASE("lab: addresses and ports are those of the policy's traffic, and a client may reset") {
  const Folder folder;
  const std::string policy = folder.write(
      "policy.toml",
      "about = \"x\"\n[traffic]\nservers = [\"192.0.2.7:4000-4010\", \"[2001:db8::7]:4000\"]\n"
      "clients = [\"198.51.100.0/24:50000\", \"[2001:db8:1::]/64:50000\"]\n" +
          hold_text("100ms") + "[lab]\ncloses = \"client-reset\"\n");
  BothFamilies both({policy});
  CHECK(both.v4->status() == 0);
  CHECK(both.v6->status() == 0);
  CHECK(of_late_syns<std::string>(both.v4->json(), "client") == Rows{"198.51.100.1:50000"});
  CHECK(of_late_syns<std::string>(both.v4->json(), "server") == Rows{"192.0.2.7:4000"});
  CHECK(of_late_syns<std::string>(both.v6->json(), "client") == Rows{"[2001:db8:1::1]:50000"});
  CHECK(of_late_syns<std::string>(both.v6->json(), "server") == Rows{"[2001:db8::7]:4000"});
  for (LabRun* run : both.runs()) {
    CHECK(run->json().at("exchanges").at("intact") == 1);
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Rows{"reset"});
    const Rows rows = all_rows(run->json());
    CHECK(rows.at(rows.size() - 4) == "CLOSED --> <SEQ=111><ACK=311><CTL=RST,ACK> --> LISTEN");
  }
}

}  // namespace latesyn::test
