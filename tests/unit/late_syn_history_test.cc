#include "proxy/lab/ladder/late_syn_history.hpp"

namespace latesyn::test {
namespace {

constexpr SocketReading kClosed{.state = SocketState::closed};
constexpr SocketReading kListen{.state = SocketState::listen};
constexpr SocketReading kHalfOpen{.state = SocketState::syn_received};
constexpr SocketReading kEstablished{.state = SocketState::established, .inode = 7};
constexpr SocketReading kTimeWait{.state = SocketState::time_wait};
constexpr SocketReading kUnknown{};

Time at(int second) { return Time(std::chrono::seconds(second)); }

struct Look {
  int second;
  SocketReading client, server;
};

LateSynHistory history(const SocketReading& before, const std::vector<Look>& looks) {
  LateSynHistory history(before);
  for (const Look& look : looks) history.see(at(look.second), look.client, look.server);
  return history;
}

/// What a wire that saw a SYN-ACK and nothing else says.
LateSyn read_off_wire(Outcome outcome, std::optional<Time> from = at(1)) {
  return {.outcome = outcome, .state_from = from};
}

LateSyn judged(Outcome outcome, std::optional<Time> from, std::optional<Time> until,
               bool reached = false) {
  return {
      .outcome = outcome, .state_from = from, .state_until = until, .reached_application = reached};
}

}  // namespace

TEST_CASE("a server that was seen in SYN-RECEIVED held state for as long") {
  const auto seen = history(kListen, {{1, kClosed, kHalfOpen}, {2, kClosed, kListen}});
  CHECK(seen.corrected(read_off_wire(Outcome::reset)) == judged(Outcome::reset, at(1), at(2)));
}

TEST_CASE("a reset that the server did not take leaves it half-open") {
  const auto seen = history(kListen, {{1, kClosed, kHalfOpen}, {2, kClosed, kHalfOpen}});
  CHECK(seen.corrected(read_off_wire(Outcome::reset)) ==
        judged(Outcome::half_open, at(1), std::nullopt));
}

TEST_CASE("an established server without a client is a ghost, and reached the application") {
  const auto seen = history(kListen, {{1, kClosed, kHalfOpen}, {2, kClosed, kEstablished}});
  CHECK(seen.corrected(read_off_wire(Outcome::half_open)) ==
        judged(Outcome::ghost, at(1), std::nullopt, true));
}

TEST_CASE("an established server with a client is a connection like any other") {
  const auto seen = history(
      kListen, {{1, {.state = SocketState::syn_sent}, kHalfOpen}, {2, kEstablished, kEstablished}});
  CHECK(seen.corrected(read_off_wire(Outcome::half_open)) ==
        judged(Outcome::half_open, at(1), std::nullopt));
}

TEST_CASE("a server that kept no state, as with SYN cookies, held none") {
  const auto seen = history(kListen, {{1, kClosed, kListen}, {2, kClosed, kListen}});
  CHECK(seen.corrected(read_off_wire(Outcome::half_open)) ==
        judged(Outcome::half_open, std::nullopt, std::nullopt));
}

TEST_CASE("a TIME-WAIT that is still there was challenged and not assassinated") {
  const auto seen = history(kTimeWait, {{1, kClosed, kTimeWait}, {2, kClosed, kTimeWait}});
  CHECK(seen.corrected(read_off_wire(Outcome::assassinated, std::nullopt)) ==
        judged(Outcome::challenged, std::nullopt, std::nullopt));
}

TEST_CASE("a TIME-WAIT that is gone was assassinated") {
  const auto seen = history(kTimeWait, {{1, kClosed, kTimeWait}, {2, kClosed, kListen}});
  CHECK(seen.corrected(read_off_wire(Outcome::challenged, std::nullopt)) ==
        judged(Outcome::assassinated, std::nullopt, std::nullopt));
}

TEST_CASE("a TIME-WAIT that became SYN-RECEIVED was reopened") {
  const auto seen = history(kTimeWait, {{1, kClosed, kHalfOpen}});
  CHECK(seen.corrected(read_off_wire(Outcome::half_open)) ==
        judged(Outcome::reopened, at(1), std::nullopt));
}

TEST_CASE("state that was there before is not the late SYN's") {
  const auto seen = history(kEstablished, {{1, kEstablished, kEstablished}});
  CHECK(seen.corrected(read_off_wire(Outcome::challenged)) ==
        judged(Outcome::challenged, std::nullopt, std::nullopt));
}

TEST_CASE("a later connection on the same addresses is not the late SYN's") {
  const auto seen = history(
      kListen, {{1, kClosed, kHalfOpen}, {2, kClosed, kListen}, {3, kClosed, kEstablished}});
  CHECK(seen.corrected(read_off_wire(Outcome::reset)) == judged(Outcome::reset, at(1), at(2)));
}

TEST_CASE("once the server is asked for another connection, its sockets tell of that") {
  auto opened = history(kTimeWait, {{1, kClosed, kTimeWait}});
  opened.succeed();
  opened.see(at(2), kClosed, kHalfOpen);
  CHECK(opened.corrected(read_off_wire(Outcome::challenged, std::nullopt)) ==
        judged(Outcome::challenged, std::nullopt, std::nullopt));
}

TEST_CASE("state that is still there when another connection is asked for is seen to its end") {
  auto ghost = history(kListen, {{1, kClosed, kHalfOpen}});
  ghost.succeed();
  ghost.see(at(2), kClosed, kListen);
  ghost.see(at(3), kClosed, kEstablished);
  CHECK(ghost.corrected(read_off_wire(Outcome::reset)) == judged(Outcome::reset, at(1), at(2)));
}

TEST_CASE("where sockets could not be read the wire's word stands") {
  const auto before_unknown = history(kUnknown, {{1, kClosed, kEstablished}});
  CHECK(before_unknown.corrected(read_off_wire(Outcome::reset)) == read_off_wire(Outcome::reset));
  const auto later_unknown = history(kListen, {{1, kClosed, kHalfOpen}, {2, kClosed, kUnknown}});
  CHECK(later_unknown.corrected(read_off_wire(Outcome::half_open)) ==
        judged(Outcome::half_open, at(1), std::nullopt));
}

TEST_CASE("a late SYN is settled once it was answered and the server holds no state for it") {
  CHECK_FALSE(is_settled(judged(Outcome::ignored, std::nullopt, std::nullopt)));
  CHECK_FALSE(is_settled(judged(Outcome::half_open, at(1), std::nullopt)));
  CHECK(is_settled(judged(Outcome::reset, at(1), at(2))));
  CHECK(is_settled(judged(Outcome::challenged, std::nullopt, std::nullopt)));
}

}  // namespace latesyn::test
