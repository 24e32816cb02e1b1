#include "proxy/policy/expectation.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

LabExpectation read(const std::string& keys) {
  return policy_of("about = \"a\"\n[[expect]]\n" + keys).expectations.at(0).lab;
}
std::string error(const std::string& keys) {
  return error_of("about = \"a\"\n[[expect]]\n" + keys);
}
std::string verdict(const std::string& keys, const LabFacts& facts) {
  const Finding f = judge(read(keys), facts);
  return (f.passed ? "ok: " : "FAIL: ") + f.text + " | " + f.found;
}

LabFacts facts() {
  return {.client = {.final_states = {SocketState::closed, SocketState::time_wait},
                     .reached = {SocketState::closed, SocketState::time_wait},
                     .counters = {}},
          .server = {.final_states = {SocketState::listen, SocketState::listen},
                     .reached = {SocketState::listen, SocketState::established},
                     .counters = {{"TcpEstabResets", 2}}},
          .accepted = 2,
          .served = 1,
          .example_matched = 3,
          .example_lines = 4};
}

}  // namespace

TEST_CASE("of final states all must be so, or as many as are named") {
  const LabFacts f = facts();
  CHECK(verdict("server_final = \"LISTEN\"", f) ==
        "ok: the server ends in LISTEN | server at the end: 2 LISTEN");
  CHECK(verdict("client_final = \"CLOSED\"", f) ==
        "FAIL: the client ends in CLOSED | client at the end: CLOSED, TIME-WAIT");
  CHECK(verdict("client_final = { CLOSED = 1, LISTEN = 0 }", f) ==
        "ok: 1 of the client's connections end in CLOSED, and 0 of the client's connections end in "
        "LISTEN | client at the end: CLOSED, TIME-WAIT");
  CHECK(verdict("client_final = { CLOSED = 2 }", f).starts_with("FAIL"));
}

TEST_CASE("states were reached or not") {
  const LabFacts f = facts();
  CHECK(verdict("server_reached = [\"LISTEN\", \"ESTABLISHED\"]\nserver_never = \"SYN-RECEIVED\"",
                f) ==
        "ok: the server is in LISTEN at some time, and the server is in ESTABLISHED at some time, "
        "and the server is never in SYN-RECEIVED | server saw LISTEN, ESTABLISHED");
  CHECK(verdict("server_reached = \"CLOSED\"", f).starts_with("FAIL"));
  CHECK(verdict("server_never = \"LISTEN\"", f).starts_with("FAIL"));
}

TEST_CASE("counters went up exactly so far, or at least") {
  const LabFacts f = facts();
  CHECK(verdict("server_counters = { TcpEstabResets = 2 }", f) ==
        "ok: the server's TcpEstabResets goes up by 2 | server's TcpEstabResets +2");
  CHECK(verdict("server_counters = { TcpEstabResets = 1 }", f).starts_with("FAIL"));
  CHECK(verdict("server_counters = { TcpEstabResets = \">= 1\" }", f) ==
        "ok: the server's TcpEstabResets goes up by 1 or more | server's TcpEstabResets +2");
  CHECK(verdict("server_counters = { TcpEstabResets = \">= 3\" }", f).starts_with("FAIL"));
  CHECK(verdict("client_counters = { Nonsense = 0 }", f) ==
        "FAIL: the client's Nonsense goes up by 0 | the client's kernel has no counter Nonsense");
}

TEST_CASE("what the application got, and the example, are counted") {
  const LabFacts f = facts();
  CHECK(verdict("accepted = 2\nserved = 1", f) ==
        "ok: connections that the application is given: 2, and requests that the application gets: "
        "1 | connections that the application is given: 2; requests that the application gets: 1");
  CHECK(verdict("accepted = 1", f).starts_with("FAIL"));
  CHECK(verdict("example = \"seen\"", f) ==
        "FAIL: the whole example is seen | 3 of 4 lines of the example");
}

TEST_CASE("a command ends with the status that is expected of it") {
  LabFacts f = facts();
  f.client.command = {.status = 7, .last_words = "it broke"};
  f.server.command.emplace();
  CHECK(verdict("client_status = 7", f) ==
        "ok: the client's command ends with status 7 | client: it ended with status 7; its last "
        "words: it broke");
  CHECK(verdict("client_status = 0\nserver_status = 0", f) ==
        "FAIL: the client's command ends with status 0, and the server's command ends with status "
        "0 | client: it ended with status 7; its last words: it broke; server: it still ran when "
        "the lab ended");
  CHECK(error("client_status = 256") ==
        "p.toml:3:17: \"client_status\" is 256; write a whole number from 0 to 255");
}

TEST_CASE("what a shell says by a status is said in words") {
  CHECK(text(CommandEnd{.status = 0, .last_words = "done"}) == "it ended with status 0");
  CHECK(text(CommandEnd{.status = 127, .last_words = "sh: 1: curll: not found"}) ==
        "it ended with status 127: a program of it was not found; its last words: sh: 1: curll: "
        "not found");
  CHECK(text(CommandEnd{.status = 126}) ==
        "it ended with status 126: a program of it can't be executed");
  CHECK(text(CommandEnd{.status = 137}) == "it ended with status 137: signal 9");
}

TEST_CASE("an expectation of the lab that can't be read is refused where it is wrong") {
  CHECK(
      error("server_final = \"OPEN\"").starts_with("p.toml:3:16: \"server_final\" is \"OPEN\"; "));
  CHECK(error("server_final = { OPEN = 1 }") ==
        "p.toml:3:25: \"OPEN\" is no state; write for example SYN-RECEIVED");
  CHECK(error("client_counters = { X = \"> 1\" }") ==
        "p.toml:3:25: \"X\" is \"> 1\"; write how far it goes up: 1, or at least so far: \">= 1\"");
  CHECK(error("client_counters = { X = \">= 1x\" }").starts_with("p.toml:3:25: "));
  CHECK(error("example = \"true\"") == "p.toml:3:11: \"example\" is \"true\"; one of: seen");
}

}  // namespace latesyn::test
