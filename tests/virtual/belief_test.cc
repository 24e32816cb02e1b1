// Whoever knows addresses and ports, and no more, ends nothing and takes nothing over: what its
// receiver would not believe is not believed here.

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proxy/packet/tcp_edit.hpp"
#include "tests/virtual/conversation.hpp"

namespace latesyn::test {
namespace {

/// SYNs come again once their connection is closed; with `kAll` every segment is seen.
const std::string kReplay =
    "about = \"a\"\n[[rule]]\ndo = \"replay\"\nwhen = {segment = \"syn\"}\n";
const std::string kAll =
    kReplay + "[[rule]]\ndo = \"drop\"\nwhen = {segment = \"data\", connection = 99}\n";

/// Open, with ten bytes from the client and twenty from the server, all acknowledged.
Conversation opened(const std::string& policy) {
  Conversation c(policy);
  c.client(100, 0, kSyn);
  c.server(300, 101, kSynAck);
  c.client(101, 301, kAck);
  c.client(101, 301, kAck, 10);
  c.server(301, 111, kAck, 20);
  c.client(111, 321, kAck);
  return c;
}

const std::string kShifted =
    "about = \"a\"\n[traffic]\nhandshake = \"server-first\"\nserver_isn = 5000\nclient_isn = "
    "1000\n";
const std::string kClientFirst =
    "about = \"a\"\n[traffic]\nhandshake = \"client-first\"\nserver_isn = 5000\n";

/// Joined: the client's first number is 1000, at the server too where that answers last; the
/// server's is 300, and 5000 at the client.
Conversation joined(const std::string& policy) {
  Conversation c(policy);
  const Lines asked = c.client(policy == kClientFirst ? 1000 : 100, 0, kSyn);
  if (policy == kClientFirst) {
    CHECK(asked == Lines{"client SYN,ACK 5000 1001"});
    CHECK(c.client(1001, 5001, kAck) == Lines{"server SYN 1000"});
    c.server(300, 1001, kSynAck);
  } else {
    CHECK(asked == Lines{"server SYN 1000"});
    c.server(300, 1001, kSynAck);
    c.client(101, 5001, kAck);
  }
  return c;
}

/// Data go both ways with their numbers shifted; the client's next is `next`, and 1001 at the
/// server.
void check_alive(Conversation& c, std::uint32_t next) {
  CHECK(c.client(next, 5001, kAck, 10) == Lines{"server ACK 1001 301 +10"});
  CHECK(c.server(301, 1011, kAck, 20) == Lines{fmt::format("client ACK 5001 {} +20", next + 10)});
  CHECK(c.client(next + 10, 5021, kAck) == Lines{"server ACK 1011 321"});
}

}  // namespace

TEST_CASE("a SYN on the ports of a joined connection goes to the server, and takes nothing over") {
  Conversation shifted = joined(kShifted);
  CHECK(shifted.client(7777, 0, kSyn) == Lines{"server SYN 1000"});
  // The server challenges it (RFC 5961 section 4), and the client's end ignores that.
  CHECK(shifted.server(301, 1001, kAck) == Lines{"client ACK 5001 101"});
  check_alive(shifted, 101);
  Conversation first = joined(kClientFirst);
  CHECK(first.client(7777, 0, kSyn) == Lines{"client SYN,ACK 5000 7778"});
  CHECK(first.client(1001, 5001, kAck) == Lines{"server ACK 1001 301"});
  check_alive(first, 1001);
  for (std::uint32_t isn = 10'000; isn < 10'100; ++isn) {
    shifted.client(isn, 0, kSyn);
    first.client(isn, 0, kSyn);
  }
  CHECK(shifted.client(111, 5021, kFin) == Lines{"server FIN,ACK 1011 321"});
  CHECK(first.client(1011, 5021, kFin) == Lines{"server FIN,ACK 1011 321"});
}

TEST_CASE("a flow goes back to the kernel once nobody can answer a blind SYN on its ports") {
  Conversation c(kShifted);
  c.offer_splices();
  c.client(100, 0, kSyn);
  c.server(300, 1001, kSynAck);
  c.client(101, 5001, kAck);
  CHECK(c.bypass() == true);
  c.client(7777, 0, kSyn);
  CHECK(c.bypass() == false);
  c.wait(std::chrono::seconds(100));
  c.client(7777, 0, kSyn);
  c.wait(std::chrono::seconds(126));
  CHECK(c.client(101, 5001, kAck, 10) == Lines{"server ACK 1001 301 +10"});
  CHECK(c.bypass() == std::nullopt);
  c.wait(std::chrono::seconds(1));
  CHECK(c.server(301, 1011, kAck, 20) == Lines{"client ACK 5001 111 +20"});
  CHECK(c.bypass() == true);
  // Asked again, its answer must not go by unseen.
  c.client(7777, 0, kSyn);
  CHECK(c.bypass() == false);
}

TEST_CASE("a client that has lost its connection gets a new one on the same ports, server-first") {
  Conversation c = joined(kShifted);
  CHECK(c.client(7777, 0, kSyn) == Lines{"server SYN 1000"});
  CHECK(c.server(301, 1001, kAck) == Lines{"client ACK 5001 101"});
  CHECK(c.client(101, 0, kRst) == Lines{"server RST 1001"});
  CHECK(c.client(7777, 0, kSyn) == Lines{"server SYN 1000"});
  CHECK(c.server(900, 1001, kSynAck) == Lines{"server ACK 1001 901", "client SYN,ACK 5000 7778"});
  CHECK(c.client(7778, 5001, kAck, 10) == Lines{"server ACK 1001 901 +10"});
  CHECK(c.server(901, 1011, kAck, 20) == Lines{"client ACK 5001 7788 +20"});
}

TEST_CASE("a client that has lost its connection gets a new one on the same ports, client-first") {
  Conversation c = joined(kClientFirst);
  CHECK(c.client(7777, 0, kSyn) == Lines{"client SYN,ACK 5000 7778"});
  CHECK(c.client(7778, 5001, kAck) == Lines{"server SYN 7777"});
  // The server still has the old one, and is told that nobody else does.
  CHECK(c.server(301, 1001, kAck) == Lines{"server RST 1001", "server SYN 7777"});
  CHECK(c.server(900, 7778, kSynAck) == Lines{"server ACK 7778 901", "client ACK 5001 7778"});
  CHECK(c.client(7778, 5001, kAck, 10) == Lines{"server ACK 7778 901 +10"});
  CHECK(c.server(901, 7788, kAck, 20) == Lines{"client ACK 5001 7788 +20"});
}

TEST_CASE("no handshake of ours goes on, or ends, by numbers that nobody was told") {
  Conversation c(kClientFirst);
  c.client(1000, 0, kSyn);
  CHECK(c.client(1001, 4242, kAck).empty());
  CHECK(c.client(4242, 5001, kRst).empty());
  CHECK(c.client(1001, 5001, kAck) == Lines{"server SYN 1000"});
  CHECK(c.server(300, 4242, kSynAck).empty());
  CHECK(c.server(0, 4242, kRstAck).empty());
  CHECK(c.server(0, 0, kRst).empty());
  CHECK(c.server(300, 1001, kSynAck) == Lines{"server ACK 1001 301", "client ACK 5001 1001"});
  check_alive(c, 1001);
}

TEST_CASE("a RST closes an open connection where its receiver believes it") {
  const auto closes = [](std::uint32_t seq, bool by_client, const std::string& policy) {
    Conversation c = opened(policy);
    by_client ? c.client(seq, 0, kRst) : c.server(seq, 0, kRst);
    return c.closed();
  };
  for (const bool by_client : {true, false}) {
    const std::uint32_t next = by_client ? 111 : 321;
    CHECK(closes(next, by_client, kAll));
    // In the window: answered by a challenge.
    CHECK_FALSE(closes(next + 1, by_client, kAll));
    CHECK_FALSE(closes(next - 1, by_client, kAll));
    for (const std::uint32_t far : {0U, 100'000U, 1U << 31U, 0xffff'0000U}) {
      CHECK_FALSE(closes(next + far + (far == 0 ? 1 : 0), by_client, kAll));
    }
  }
}

TEST_CASE("a RST that a data segment on its way was behind is believed once that was not lost") {
  Conversation c = opened(kAll);
  c.client(111, 321, kAck, 50);
  c.server(321, 111, kRst);
  CHECK(c.closed());
}

TEST_CASE("where data go by unseen a RST is believed that can be behind them, and no other") {
  const auto closes = [](Duration open, std::uint32_t seq) {
    Conversation c(kReplay);
    c.client(100, 0, kSyn);
    c.server(300, 101, kSynAck);
    c.wait(open);
    c.client(seq, 0, kRst);
    return c.closed();
  };
  using namespace std::chrono_literals;
  CHECK(closes(10ms, 101));
  CHECK(closes(10ms, 100'000'000));
  CHECK_FALSE(closes(10ms, 200'000'000));
  CHECK_FALSE(closes(10ms, 99));
  CHECK(closes(1h, 99));
}

TEST_CASE("behind its FIN an end has sent no more, wherever its data went") {
  const auto closes = [](std::uint32_t seq) {
    Conversation c(kReplay);
    c.client(100, 0, kSyn);
    c.server(300, 101, kSynAck);
    c.wait(std::chrono::hours(1));
    c.client(5'000'000, 400, kFin);
    c.client(seq, 0, kRst);
    return c.closed();
  };
  CHECK(closes(5'000'001));
  CHECK(closes(5'000'000));
  CHECK_FALSE(closes(5'000'002));
  CHECK_FALSE(closes(1'000'000'000));
}

TEST_CASE("a SYN is refused by a RST that acknowledges it, and by no other") {
  const auto closes = [](std::uint32_t seq, std::uint32_t ack, Flags flags) {
    Conversation c(kAll);
    c.client(100, 0, kSyn);
    c.server(seq, ack, flags);
    return c.closed();
  };
  CHECK(closes(0, 101, kRstAck));
  CHECK(closes(4242, 101, kRstAck));
  CHECK_FALSE(closes(0, 102, kRstAck));
  CHECK_FALSE(closes(0, 100, kRstAck));
  CHECK_FALSE(closes(101, 0, kRst));
}

TEST_CASE("a FIN far from what its sender has sent ends nothing, nor does an ACK of data unsent") {
  Conversation c = opened(kAll);
  c.client(0x9000'0000, 321, kFin);
  c.server(0x9000'0000, 111, kFin);
  c.client(111, 0x7000'0000, kAck);
  c.server(321, 0x7000'0000, kAck);
  CHECK_FALSE(c.closed());
  c.client(111, 321, kRst);
  CHECK(c.closed());
}

TEST_CASE("a segment that came damaged passes as it is, is counted, and nobody believes it") {
  const auto damaged = [](SegmentSpec spec) {
    Packet packet = build(spec);
    TcpEdit::over(packet.bytes).spoil_checksum();
    return packet;
  };
  for (const std::string& policy : {kAll, kShifted, kClientFirst}) {
    const bool plain = policy == kAll;
    Conversation c = plain ? opened(policy) : joined(policy);
    for (const Flags flags : {kSyn, kRst, kFin, kAck}) {
      const Packet packet =
          damaged({kClient, kServer, Seq{plain ? 111U : 101U}, Seq{301}, flags, 64240, {}, {}, 8});
      const Lines as_it_is{text(Side::server, packet.bytes)};
      CHECK(c.tell(packet, Side::server) == as_it_is);
      CHECK(c.silent());
    }
    CHECK(c.counters().wrong_checksums == 4);
    CHECK_FALSE(c.closed());
    if (!plain) check_alive(c, policy == kClientFirst ? 1001 : 101);
  }
}

TEST_CASE("what a rule has spoiled is not mended on its way through a relay, nor believed") {
  Conversation c = joined(kShifted +
                          "[[rule]]\ndo = \"rewrite\"\nchecksum = \"wrong\"\nwhen = {segment = "
                          "\"data\", copy = 1}\n[[rule]]\ndo = \"rewrite\"\nttl = 9\nwhen = "
                          "{segment = \"data\", copy = 1}\n");
  const Lines spoiled = c.client(101, 5001, kAck, 10);
  REQUIRE(spoiled.size() == 1);
  CHECK_THAT(spoiled[0], Catch::Matchers::EndsWith("damaged"));
  CHECK(c.client(101, 5001, kAck, 10) == Lines{"server ACK 1001 301 +10"});
}

}  // namespace latesyn::test
