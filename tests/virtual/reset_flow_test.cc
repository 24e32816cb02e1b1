// Whoever steers resets a connection: each end gets a RST that it believes.

#include <catch2/catch.hpp>

#include "tests/virtual/conversation.hpp"

namespace latesyn::test {
namespace {

using Lines = std::vector<std::string>;

/// A rule about data makes them seen.
std::string policy_in(const std::string& handshake) {
  return "about = \"a\"\n[traffic]\nhandshake = \"" + handshake +
         "\"\n[[rule]]\ndo = \"delay\"\nby = \"1ms\"\nwhen = { segment = \"data\", copy = 99 }\n";
}
const FlowKey kFlow{kClient, kServer};

}  // namespace

TEST_CASE("both ends of a connection get a RST with the number that they expect") {
  Conversation talk(policy_in("pass"));
  talk.client(100, 0, kSyn);
  talk.server(300, 101, kSynAck);
  talk.client(101, 301, kAck);
  talk.client(101, 301, kAck, 10);
  talk.server(301, 111, kAck, 20);
  Lines left;
  CHECK(talk.obey(ResetFlow{kFlow}, left) == Reply{});
  CHECK(left == Lines{"server RST 111", "client RST 321"});
  CHECK(talk.closed());
  CHECK(talk.obey(ResetFlow{kFlow}, left).refusal == "no open connection of that flow is known");
}

TEST_CASE("where latesyn has joined two halves, each end gets the numbers of its own") {
  Conversation talk(
      "about = \"a\"\n[traffic]\nhandshake = \"server-first\"\nserver_isn = 5000\n"
      "client_isn = 1000\n[[rule]]\ndo = \"delay\"\nby = \"1ms\"\n"
      "when = { segment = \"data\", copy = 99 }\n");
  talk.client(100, 0, kSyn);
  talk.server(300, 1001, kSynAck);
  talk.client(101, 5001, kAck);
  talk.client(101, 5001, kAck, 10);
  Lines left;
  CHECK(talk.obey(ResetFlow{kFlow}, left) == Reply{});
  CHECK(left == Lines{"server RST 1011", "client RST 5001"});
}

TEST_CASE(
    "a client whose SYN nobody has answered yet is refused, and a server that got none is not") {
  Conversation talk(
      "about = \"a\"\n[[rule]]\ndo = \"hold\"\nuntil = \"released\"\n"
      "when = { segment = \"syn\" }\n[[rule]]\ndo = \"delay\"\nby = \"1ms\"\n"
      "when = { segment = \"data\", copy = 99 }\n");
  talk.client(100, 0, kSyn);
  Lines left;
  CHECK(talk.obey(ResetFlow{kFlow}, left) == Reply{});
  CHECK(left == Lines{"client RST,ACK 0 101"});
}

TEST_CASE("a connection whose data go by unseen can't be reset, nor one that is not known") {
  Conversation talk(
      "about = \"a\"\n[[rule]]\ndo = \"drop\"\nwhen = { segment = \"syn\", copy = 9 }\n");
  Lines left;
  CHECK(talk.obey(ResetFlow{kFlow}, left).refusal == "no open connection of that flow is known");
  talk.client(100, 0, kSyn);
  talk.server(300, 101, kSynAck);
  CHECK(
      talk.obey(ResetFlow{kFlow}, left).refusal ==
      "its data go by unseen, so no end would believe a reset; a rule about data makes them seen");
  CHECK(left.empty());
}

}  // namespace latesyn::test
