// A SYN on the ports of a connection that goes on: until the server has confirmed it, what happens
// to the connection is seen as if it had never come, and what waits for that leaves.

#include <catch2/catch.hpp>

#include "tests/virtual/conversation.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

/// Of the first connection, a copy of the client's data waits for the close. A rule about data
/// makes every segment seen.
const std::string kWaits =
    "[[rule]]\ndo = \"replay\"\nonce = \"closed\"\nwhen = {segment = \"data\", connection = 1, "
    "direction = \"to-server\"}\n";

struct Mode {
  std::string name;
  std::uint32_t client_isn, server_isn;  // as the client has them
};
const Mode kPass{"pass", 100, 300}, kServerFirst{"server-first", 100, 5000},
    kClientFirst{"client-first", 1000, 5000};

std::string policy_in(const Mode& mode, const std::string& rules) {
  std::string text = "about = \"a\"\n[traffic]\nhandshake = \"" + mode.name + "\"\n";
  if (mode.name == "server-first") text += "server_isn = 5000\nclient_isn = 1000\n";
  if (mode.name == "client-first") text += "server_isn = 5000\n";
  return text + rules;
}

/// One connection, from its handshake on, with ten bytes each way; the server's numbers are its
/// own.
class Ends {
 public:
  Ends(const Mode& mode, bool v6, const std::string& rules = kWaits)
      : mode_(mode),
        isn_at_server_(mode.name == "server-first" ? 1000 : mode.client_isn),
        talk_(policy_in(mode, rules), at("10.1.0.2", "fd00:1::2", 40000, v6),
              at("10.2.0.2", "fd00:2::2", 8080, v6)) {
    talk_.client(mode.client_isn, 0, kSyn);
    if (mode.name == "client-first") client(0, 0, kAck);
    server(0, 0, kSynAck);
    if (mode.name != "client-first") client(0, 0, kAck);
    CHECK(events() == Lines{"established 1, 0 woken"});
    client(0, 0, kAck, 10);
    server(0, 10, kAck, 10);
  }
  /// Behind so many bytes of its own, and with so many of the other's acknowledged.
  Lines client(std::uint32_t sent, std::uint32_t got, Flags flags, std::uint32_t size = 0) {
    const std::uint32_t ack = flags.ack ? mode_.server_isn + 1 + got : 0;
    return talk_.client(mode_.client_isn + 1 + sent, ack, flags, size);
  }
  Lines server(std::uint32_t sent, std::uint32_t got, Flags flags, std::uint32_t size = 0) {
    const std::uint32_t seq = 300 + sent + (flags.syn ? 0 : 1);
    return talk_.server(seq, isn_at_server_ + 1 + got, flags, size);
  }
  void close() {
    client(10, 10, kFin);
    server(10, 11, kFin);
    client(11, 11, kAck);
  }
  Lines events() { return talk_.events(); }
  Conversation& talk() { return talk_; }

 private:
  static Endpoint at(const char* v4, const char* v6, std::uint16_t port, bool is_v6) {
    return {*IpAddress::parse(is_v6 ? v6 : v4), port};
  }
  Mode mode_;
  std::uint32_t isn_at_server_;
  Conversation talk_;
};

template <typename Check>
void in_all_modes(Check check) {
  for (const Mode& mode : {kPass, kServerFirst, kClientFirst}) {
    for (const bool v6 : {false, true}) {
      INFO(mode.name << (v6 ? ", IPv6" : ", IPv4"));
      check(mode, v6);
    }
  }
}

/// A handshake between the ends themselves, and ten bytes from the client.
void open(Conversation& c) {
  c.client(100, 0, kSyn);
  c.server(300, 101, kSynAck);
  c.client(101, 301, kAck);
  c.client(101, 301, kAck, 10);
  c.events();
}

/// A rule that drops.
std::string dropping(const std::string& when) {
  return "[[rule]]\ndo = \"drop\"\nwhen = { " + when + " }\n";
}

const Lines kLeft{"server ACK 1001 301 +10"}, kLeftInPass{"server ACK 101 301 +10"};

}  // namespace

TEST_CASE("a connection's close is seen past a blind SYN on its ports, whatever its number") {
  in_all_modes([](const Mode& mode, bool v6) {
    for (const std::uint32_t isn : {7777U, mode.client_isn + 5, mode.client_isn - 5, 1U << 31U}) {
      INFO("ISN " << isn);
      Ends ends(mode, v6);
      ends.talk().client(isn, 0, kSyn);
      ends.talk().client(isn + 9999, 0, kSyn);
      ends.close();
      CHECK(ends.events() == Lines{"closed 1, 1 woken"});
      CHECK(ends.talk().due() == (mode.name == "pass" ? kLeftInPass : kLeft));
    }
  });
}

TEST_CASE("a RST that ends a connection is seen past a blind SYN on its ports") {
  in_all_modes([](const Mode& mode, bool v6) {
    for (const bool by_client : {true, false}) {
      Ends ends(mode, v6);
      ends.talk().client(7777, 0, kSyn);
      by_client ? ends.client(10, 0, kRst) : ends.server(10, 0, kRst);
      CHECK(ends.events() == Lines{"closed 1, 1 woken"});
    }
  });
}

TEST_CASE("a blind SYN that is refused, or taken back, wakes nothing of the connection's") {
  in_all_modes([](const Mode& mode, bool v6) {
    Ends ends(mode, v6);
    ends.talk().client(7777, 0, kSyn);
    ends.talk().client(7778, 0, kRst);
    ends.events();
    CHECK(ends.talk().due().empty());
    ends.close();
    CHECK(ends.events() == Lines{"closed 1, 1 woken"});
  });
}

TEST_CASE("a handshake is seen to complete past a blind SYN on its ports") {
  Conversation c("about = \"a\"\n" + kWaits);
  c.client(100, 0, kSyn);
  c.server(300, 101, kSynAck);
  c.client(7777, 0, kSyn);
  c.client(101, 301, kAck);
  CHECK(c.events() == Lines{"established 1, 0 woken"});
}

TEST_CASE(
    "a SYN that the server confirms takes the ports over, and what waited for the old close "
    "leaves with the new one's") {
  Conversation c("about = \"a\"\n" + kWaits);
  open(c);
  c.client(7777, 0, kSyn);
  c.server(900'000, 7778, kSynAck);
  c.client(7778, 900'001, kAck);
  CHECK(c.events() == Lines{"established 2, 0 woken"});
  c.client(7778, 900'001, kFin);
  c.server(900'001, 7779, kFin);
  CHECK(c.events() == Lines{"closed 2, 1 woken"});
}

TEST_CASE("what waits for a connection that nobody answered leaves with the next one's end") {
  Conversation c(
      "about = \"a\"\n[[rule]]\ndo = \"hold\"\nuntil = \"closed\"\nwhen = {segment = "
      "\"syn\", connection = 1}\n");
  CHECK(c.client(100, 0, kSyn).empty());
  c.client(7777, 0, kSyn);
  c.server(0, 7778, kRstAck);
  CHECK(c.events() == Lines{"closed 2, 1 woken"});
}

TEST_CASE("a client that answers the server's challenge with a RST has closed what it had before") {
  Conversation c("about = \"a\"\n" + kWaits);
  open(c);
  c.client(7777, 0, kSyn);
  c.server(301, 111, kAck);
  c.client(111, 0, kRst);
  CHECK(c.events() == Lines{"closed 1, 1 woken"});
  c.client(7777, 0, kSyn);
  c.server(900'000, 7778, kSynAck);
  c.client(7778, 900'001, kAck);
  CHECK(c.events() == Lines{"established 2, 0 woken"});
}

TEST_CASE("past a blind SYN on its ports a connection's data look back to its own moments") {
  in_all_modes([](const Mode& mode, bool v6) {
    for (const std::string since : {"connection", "handshake", "idle"}) {
      INFO(since);
      Ends ends(mode, v6, dropping("segment = \"data\", after = { " + since + " = \"3s\" }"));
      ends.talk().wait(2s);
      ends.talk().client(7777, 0, kSyn);
      CHECK_FALSE(ends.client(10, 10, kAck, 10).empty());
      if (since == "idle") ends.talk().wait(2s);
      ends.talk().client(8888, 0, kSyn);
      ends.talk().wait(1s);
      CHECK(ends.client(20, 10, kAck, 10).empty());
    }
  });
}

TEST_CASE("a blind SYN on a connection's ports has a beginning of its own, and nothing behind it") {
  in_all_modes([](const Mode& mode, bool v6) {
    const auto leaves = [&](const std::string& when) {
      Ends ends(mode, v6, dropping("segment = \"syn\", connection = 2, " + when));
      ends.talk().wait(2s);
      return !ends.talk().client(7777, 0, kSyn).empty();
    };
    CHECK_FALSE(leaves("before = { connection = \"1s\" }"));
    for (const char* since : {"connection", "handshake", "idle"}) {
      INFO(since);
      CHECK(leaves(std::string("after = { ") + since + " = \"1s\" }"));
    }
  });
}

TEST_CASE("a connection that has taken the ports over looks back to its own moments") {
  for (const std::string since : {"connection", "handshake", "idle"}) {
    INFO(since);
    Conversation c("about = \"a\"\n" +
                   dropping("segment = \"data\", after = { " + since + " = \"3s\" }"));
    open(c);
    c.wait(5s);
    c.client(7777, 0, kSyn);
    c.server(900'000, 7778, kSynAck);
    c.client(7778, 900'001, kAck);
    c.wait(2s);
    CHECK(c.client(7778, 900'001, kAck, 10).size() == 1);
    c.wait(3s);
    CHECK(c.client(7788, 900'001, kAck, 10).empty());
  }
}

}  // namespace latesyn::test
