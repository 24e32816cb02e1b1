// What the engine reads off the wire about the late SYNs of the shipped policies.

#include <fmt/format.h>

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

/// One line for each late SYN of a shipped policy's example.
std::string outcomes(const std::string& policy) {
  const Played played = play(load_policy(LATESYN_SOURCE "/policies/" + policy), 1);
  std::string out;
  for (const LateSyn& late : played.late_syns) {
    out += fmt::format(
        "{} of '{}', held {} s, server said {} x{}, client said {} x{}, state {} s{}, {}\n",
        name(late.outcome), late.rule, in_seconds(late.held()), late.server_answer.flags.text(),
        late.server_answer.times, late.client_answer.flags.text(), late.client_answer.times,
        in_seconds(late.server_state(played.ended)),
        late.state_from && !late.state_until ? " and on" : "",
        late.reached_application ? "accepted" : "not accepted");
  }
  return out;
}

}  // namespace

TEST_CASE("a SYN that comes after its connection was released is reset by the third message") {
  CHECK(outcomes("stale_syn.toml") ==
        "reset of 'stuck', held 3 s, server said SYN,ACK x1, client said RST x1, state 0 s, not "
        "accepted\n");
}

TEST_CASE("with two messages the server keeps a connection that nobody is at the other end of") {
  CHECK(outcomes("two_way.toml") ==
        "ghost of 'stuck', held 3 s, server said SYN,ACK x1, client said  x0, state 0 s and on, "
        "accepted\n");
}

TEST_CASE("a client in TIME-WAIT answers with an ACK first, and lets the server wait for 1 s") {
  CHECK(outcomes("time_wait_client.toml") ==
        "reset of 'stuck', held 3 s, server said SYN,ACK x2, client said ACK x1, state 1 s, not "
        "accepted\n");
}

TEST_CASE("a server in TIME-WAIT answers with an ACK and is reset out of it") {
  CHECK(outcomes("time_wait_server.toml") ==
        "assassinated of 'stuck', held 3 s, server said ACK x1, client said RST x1, state 0 s, not "
        "accepted\n");
}

TEST_CASE("where the client's answers are lost the server stays half-open") {
  CHECK(outcomes("half_open.toml") ==
        "half-open of 'stuck', held 3 s, server said SYN,ACK x2, client said RST x2, state 1 s and "
        "on, not accepted\n");
}

TEST_CASE("a second SYN in SYN-RECEIVED is confirmed once more") {
  CHECK(outcomes("duplicate_syn.toml") ==
        "repeated of 'twice', held 0 s, server said SYN,ACK x1, client said  x0, state 0 s, not "
        "accepted\n");
}

TEST_CASE("an old SYN in an established connection is challenged") {
  CHECK(outcomes("challenged.toml") ==
        "challenged of 'old duplicate', held 0.1 s, server said ACK x1, client said  x0, state 0 "
        "s, not accepted\n");
}

TEST_CASE("a SYN that is merely slow, or lost and sent again, is not late") {
  CHECK(outcomes("slow_syn.toml") == "");
  CHECK(outcomes("lost_syn.toml") == "");
}

TEST_CASE("a SYN whose data is taken with it reaches the application, and is reset all the same") {
  CHECK(outcomes("catalogue/o1_fast_open_replayed.toml") ==
        "reset of 'delivered twice', held 0.5 s, server said SYN,ACK x1, client said RST x1, state "
        "0 s, accepted\n");
}

}  // namespace latesyn::test
