// What client-first learns of a server's options, and what it asks for.

#include "proxy/handshake/relay.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

constexpr SynOptions kLinux{.mss = 1460, .window_scale = 7, .sack_permitted = true};

/// The two handshakes of one connection, from the client's SYN to the server's SYN-ACK.
struct Shaken {
  Relay relay;
  TcpView asked() const { return std::get<TcpView>(TcpView::over(syn.bytes)); }
  Packet syn;  // ours, to the server
};

Shaken shake(const ServerProfile& known, const SynOptions& client, const SynOptions& server) {
  Shaken out{.relay = Relay({.mode = HandshakeMode::client_first}, known, 1), .syn = {}};
  std::vector<Said> said;
  const auto say = [&](Side from, const SegmentSpec& spec) {
    Packet packet = build(spec);
    said.clear();
    out.relay.on_segment(Time{}, from, packet.bytes, said);
  };
  say(Side::client, {.from = kClient,
                     .to = kServer,
                     .seq = Seq{100},
                     .flags = {.syn = true},
                     .syn_options = client});
  const Seq ours = std::get<TcpView>(TcpView::over(said.at(0).packet.bytes)).seq();
  say(Side::client,
      {.from = kClient, .to = kServer, .seq = Seq{101}, .ack = ours + 1, .flags = {.ack = true}});
  out.syn = said.at(0).packet;
  say(Side::server, {.from = kServer,
                     .to = kClient,
                     .seq = Seq{300},
                     .ack = Seq{101},
                     .flags = {.syn = true, .ack = true},
                     .syn_options = server});
  return out;
}

}  // namespace

TEST_CASE("client-first asks a server that it does not know for its window scale, and learns it") {
  const Shaken first = shake({}, kLinux, {.mss = 1400, .window_scale = 9, .sack_permitted = true});
  CHECK(first.asked().syn_options() == kLinux);
  CHECK(first.relay.learned() ==
        ServerProfile{{.mss = 1400, .window_scale = 9, .sack_permitted = true}, false});
}

TEST_CASE("a window scale that the client was not told is converted on the way") {
  const Shaken first = shake({}, kLinux, {.mss = 1400, .window_scale = 9, .sack_permitted = true});
  const Join& join = first.relay.join();
  CHECK(join.client_scale == 0);
  CHECK(join.client_scale_known == 7);
  CHECK(join.server_scale == 9);
  CHECK(join.server_scale_known == 0);
}

TEST_CASE("a client that offers nothing unteaches nothing") {
  const ServerProfile known{{.mss = 1400, .window_scale = 9, .sack_permitted = true}, true};
  CHECK(shake(known, {.mss = 1460}, {.mss = 1400}).relay.learned() == known);
}

TEST_CASE("a server that no longer grants what it is asked for is known by that") {
  const ServerProfile known{{.mss = 1400, .window_scale = 9, .sack_permitted = true}, true};
  CHECK(shake(known, kLinux, {.mss = 1300}).relay.learned() == ServerProfile{{.mss = 1300}, true});
}

TEST_CASE("a SYN-ACK to a SYN that was not seen whole teaches nothing, and goes no further") {
  Relay relay({.mode = HandshakeMode::server_first}, {}, 1);
  std::vector<Said> said;
  Packet syn_ack = build({.from = kServer,
                          .to = kClient,
                          .seq = Seq{300},
                          .ack = Seq{101},
                          .flags = {.syn = true, .ack = true},
                          .syn_options = kLinux});
  CHECK(relay.on_segment(Time{}, Side::server, syn_ack.bytes, said) == Treatment::ended);
  CHECK(said.empty());
  CHECK_FALSE(relay.learned());
}

}  // namespace latesyn::test
