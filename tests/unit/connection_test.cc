#include "proxy/tcp/connection.hpp"
#include "proxy/engine/terms/shared_state.hpp"

#include <fmt/format.h>

#include "proxy/packet/segment_spec.hpp"

namespace latesyn::test {
namespace {

/// A connection told the segments of a conversation; each answer is put in one line.
class Talk {
 public:
  std::string from_client(Flags flags, std::uint32_t seq, std::uint32_t ack = 0,
                          std::uint32_t data = 0) {
    return say(Side::client, flags, seq, ack, data);
  }
  std::string from_server(Flags flags, std::uint32_t seq, std::uint32_t ack = 0,
                          std::uint32_t data = 0) {
    return say(Side::server, flags, seq, ack, data);
  }
  /// The client sends a SYN that does not arrive.
  void stuck_syn(std::uint32_t seq) {
    is_delivering_ = false;
    from_client({.syn = true}, seq);
    is_delivering_ = true;
  }
  /// A SYN of the client's reaches the server later than it was sent.
  bool late_syn(std::uint32_t seq) {
    Segment syn{.kind = SegmentKind::syn, .flags = {.syn = true}, .seq = Seq{seq}};
    syn.connection = connection_.number();
    const bool is_late = connection_.begins_stale(syn);
    syn.life = is_late ? Life::stale : Life::current;
    connection_.delivered(syn, Time{});
    return is_late;
  }
  /// The whole life of one connection: ISNs 1000 and 5000, ten bytes each way, the client closes.
  void established() {
    from_client({.syn = true}, 1000);
    from_server({.syn = true, .ack = true}, 5000, 1001);
    from_client({.ack = true}, 1001, 5001);
  }
  void closed() {
    established();
    from_client({.fin = true, .ack = true}, 1001, 5001);
    from_server({.fin = true, .ack = true}, 5001, 1002);
    from_client({.ack = true}, 1002, 5002);
  }
  const Connection& connection() const { return connection_; }

 private:
  std::string say(Side from, Flags flags, std::uint32_t seq, std::uint32_t ack,
                  std::uint32_t data) {
    const bool client = from == Side::client;
    const Packet packet = build({.from = client ? flow_.client : flow_.server,
                                 .to = client ? flow_.server : flow_.client,
                                 .seq = Seq{seq},
                                 .ack = Seq{ack},
                                 .flags = flags,
                                 .payload_size = data});
    const Segment s =
        connection_.sent(std::get<TcpView>(TcpView::over(packet.bytes)), from, shared_);
    if (is_delivering_) connection_.delivered(s, Time{});
    return fmt::format("{} {} of {}, copy {}, shown {}/{}",
                       s.life == Life::stale ? "stale" : "current", name(s.kind), s.connection,
                       s.copy, s.shown_seq, s.shown_ack);
  }

  FlowKey flow_{{*IpAddress::parse("10.1.0.2"), 40000}, {*IpAddress::parse("10.2.0.2"), 80}};
  Connection connection_{flow_};
  SharedState shared_;
  bool is_delivering_ = true;
};

constexpr Flags kSyn{.syn = true}, kSynAck{.syn = true, .ack = true}, kAck{.ack = true},
    kFin{.fin = true, .ack = true}, kRst{.rst = true}, kRstAck{.rst = true, .ack = true};

}  // namespace

TEST_CASE("each segment of a connection is named, numbered and counted from its ISN") {
  Talk talk;
  CHECK(talk.from_client(kSyn, 1000) == "current syn of 1, copy 1, shown 100/0");
  CHECK(talk.from_client(kSyn, 1000) == "current syn of 1, copy 2, shown 100/0");
  CHECK(talk.from_server(kSynAck, 5000, 1001) == "current syn-ack of 1, copy 1, shown 300/101");
  CHECK(talk.from_client(kAck, 1001, 5001) == "current handshake-ack of 1, copy 1, shown 101/301");
  CHECK(talk.from_client(kAck, 1001, 5001, 10) == "current data of 1, copy 1, shown 101/301");
  CHECK(talk.from_server(kAck, 5001, 1011) == "current ack of 1, copy 1, shown 301/111");
  CHECK(talk.from_client(kAck, 1001, 5001, 10) == "current data of 1, copy 2, shown 101/301");
  CHECK(talk.from_client(kFin, 1011, 5001) == "current fin of 1, copy 1, shown 111/301");
  CHECK(talk.from_server(kFin, 5001, 1012) == "current fin of 1, copy 1, shown 301/112");
  CHECK(talk.from_client(kAck, 1012, 5002) == "current ack of 1, copy 1, shown 112/302");
}

TEST_CASE("copies of a SYN are counted on by what comes after them") {
  Talk talk;
  talk.stuck_syn(1000);
  talk.stuck_syn(1000);
  CHECK_FALSE(talk.connection().current()->syn_delivered());
  CHECK(talk.late_syn(9000));
  CHECK(talk.from_client(kSyn, 1000) == "current syn of 1, copy 3, shown 100/0");
  CHECK(talk.from_client(kSyn, 2000) == "current syn of 2, copy 1, shown 200/0");
}

TEST_CASE("sequence numbers that wrap are counted from their ISN all the same") {
  Talk talk;
  talk.from_client(kSyn, 0xffffffff);
  talk.from_server(kSynAck, 0xfffffffe, 0);
  CHECK(talk.from_client(kAck, 0, 0xffffffff) ==
        "current handshake-ack of 1, copy 1, shown 101/301");
  CHECK(talk.from_server(kAck, 0xffffffff, 0, 5) == "current data of 1, copy 1, shown 301/101");
}

TEST_CASE("a SYN with another ISN begins another connection on the same ports") {
  Talk talk;
  talk.closed();
  CHECK(talk.from_client(kSyn, 9000) == "current syn of 2, copy 1, shown 200/0");
  CHECK(talk.from_server(kSynAck, 70000, 9001) == "current syn-ack of 2, copy 1, shown 400/201");
}

TEST_CASE("the first copy of a SYN that reaches the server is not late") {
  Talk talk;
  talk.stuck_syn(1000);
  CHECK_FALSE(talk.late_syn(1000));
  CHECK(talk.late_syn(1000));
}

TEST_CASE("after a late SYN to a closed connection every answer is of the stale life") {
  Talk talk;
  talk.closed();
  REQUIRE(talk.late_syn(1000));
  CHECK(talk.from_server(kSynAck, 77000, 1001) == "stale syn-ack of 1, copy 1, shown 400/101");
  CHECK(talk.from_client(kRst, 1001) == "stale rst of 1, copy 1, shown 101/0");
}

TEST_CASE("what completes the close of the current life is not taken for an answer to a late SYN") {
  Talk talk;
  talk.established();
  talk.from_client(kFin, 1001, 5001);
  talk.from_server(kFin, 5001, 1002);
  REQUIRE(talk.late_syn(1000));
  CHECK(talk.from_client(kAck, 1002, 5002) == "current ack of 1, copy 1, shown 102/302");
  CHECK(talk.from_server(kFin, 5001, 1002) == "current fin of 1, copy 2, shown 301/102");
  CHECK(talk.from_client(kAck, 1002, 5002) == "stale ack of 1, copy 2, shown 102/302");
}

TEST_CASE("a stale life beside an established one is told apart by its numbers") {
  Talk talk;
  talk.closed();
  talk.from_client(kSyn, 9000);  // a new connection, and then the old one's SYN (RFC 9293 figure 8)
  REQUIRE(talk.late_syn(1000));
  CHECK(talk.from_server(kSynAck, 77000, 1001) == "stale syn-ack of 2, copy 1, shown 400/101");
  CHECK(talk.from_client(kRst, 1001) == "stale rst of 2, copy 1, shown 101/0");
  CHECK(talk.from_server(kSynAck, 88000, 9001) == "current syn-ack of 2, copy 1, shown 500/201");
  CHECK(talk.from_client(kAck, 9001, 88001) == "current handshake-ack of 2, copy 1, shown 201/501");
  CHECK(talk.connection().current()->established());
}

TEST_CASE("data that comes again after more than is remembered is a repetition all the same") {
  Talk talk;
  talk.established();
  for (std::uint32_t seq = 1001; seq < 1001 + 40 * 10; seq += 10) {
    talk.from_client(kAck, seq, 5001, 10);
  }
  CHECK(talk.from_client(kAck, 1001, 5001, 10) == "current data of 1, copy 2, shown 101/301");
  CHECK(talk.from_client(kAck, 1401, 5001, 10) == "current data of 1, copy 1, shown 501/301");
}

TEST_CASE("what is lost again and again in a large window keeps its count") {
  Talk talk;
  talk.established();
  constexpr std::uint32_t kWindow = 1000, kLost = 100;
  std::uint32_t next = 1001;
  const auto send_window = [&] {
    for (std::uint32_t i = 0; i < kWindow; ++i, next += 10) talk.from_client(kAck, next, 5001, 10);
  };
  send_window();
  for (int copy = 2; copy < 6; ++copy) {
    for (std::uint32_t lost = 0; lost < kLost; ++lost) {
      CHECK(talk.from_client(kAck, 1001 + 100 * lost, 5001, 10) ==
            fmt::format("current data of 1, copy {}, shown {}/301", copy, 101 + 100 * lost));
    }
    send_window();
  }
}

TEST_CASE("a refusal closes a connection") {
  Talk talk;
  talk.from_client(kSyn, 1000);
  CHECK(talk.from_server(kRstAck, 0, 1001) == "current rst of 1, copy 1, shown 0/101");
  CHECK(talk.connection().current()->closed());
}

TEST_CASE("a segment whose connection was not seen to begin has no number") {
  Talk talk;
  CHECK(talk.from_client(kAck, 1234, 5678, 10) == "current data of 0, copy 1, shown 1234/5678");
}

TEST_CASE("a refusal's SEQ of zero is shown as it is, whatever the server's numbers were before") {
  const Endpoint client{*IpAddress::parse("10.1.0.2"), 40000},
      server{*IpAddress::parse("10.2.0.2"), 8080};
  Connection connection({client, server});
  SharedState shared;
  const auto sent = [&](const SegmentSpec& spec, Side from) {
    const Packet packet = build(spec);
    return connection.sent(std::get<TcpView>(TcpView::over(packet.bytes)), from, shared);
  };
  sent({client, server, Seq{1000}, {}, {.syn = true}}, Side::client);
  sent({server, client, Seq{5000}, Seq{1001}, {.syn = true, .ack = true}}, Side::server);
  const Segment rst =
      sent({server, client, Seq{}, Seq{1001}, {.rst = true, .ack = true}}, Side::server);
  CHECK(rst.shown_seq == 0);
  CHECK(rst.shown_ack == 101);
}

}  // namespace latesyn::test
