// Somebody who knows the addresses and ports of a joined connection, and no more; and a client that
// has lost its connection, and comes again from the same port.

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/raw_host.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

constexpr std::uint16_t kContestedPort = 45'000;
const std::array kContestedModes{std::string(kShifted) + "\ntranslate = \"user\"",
                                 std::string(kShifted) + "\ntranslate = \"kernel\"",
                                 std::string(kClientFirstTold) + "\ntranslate = \"user\"",
                                 std::string(kClientFirstTold) + "\ntranslate = \"kernel\""};

/// From the client's address and port to the server's.
SegmentSpec in_its_name(const Router& router, Family family) {
  const char* client = family == Family::v4 ? "10.1.0.2" : "fd00:1::2";
  return {.from = {IpAddress::parse(client).value(), kContestedPort}, .to = router.server(family)};
}

Packet damaged(Packet packet) {
  TcpEdit::over(packet.bytes).spoil_checksum();
  return packet;
}

/// What a server that echoes sends back.
std::string echoed(const Descriptor& client, const std::string& text) {
  std::string back(text.size(), '?');
  ::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL);
  receive(client.get(), back.data(), back.size(), MSG_WAITALL);
  return back;
}

/// A connection that latesyn has joined, to a server that echoes.
struct JoinedEcho {
  Relaying relaying;
  Server server;
  Descriptor client;

  JoinedEcho(const std::string& mode, Family family)
      : relaying(mode_text(mode)),
        server(router().network().server(), router().server(family), echo),
        client(connect_to(router().network().client(), router().server(family), kContestedPort)) {
    REQUIRE(client);
    CHECK(echoed(client, "before") == "before");
  }
  const Router& router() const { return relaying.router(); }
};

}  // namespace

TEST_CASE("blind SYNs, RSTs and FINs leave a joined connection alive") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(from_range(kContestedModes));
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  JoinedEcho joined(mode, family);
  const Router& router = joined.router();
  const Descriptor& client = joined.client;
  RawHost somebody(router.network().client());
  SegmentSpec blind = in_its_name(router, family);
  constexpr std::uint32_t kBlind = 4;
  for (std::uint32_t i = 1; i <= kBlind; ++i) {
    blind.seq = Seq{i * 0x3333'3333U};
    for (const Flags flags : {Flags{.syn = true}, Flags{.rst = true}, Flags{.fin = true}}) {
      blind.flags = flags;
      somebody.send(build(blind));
      somebody.send(damaged(build(blind)));
    }
    const std::string text = fmt::format("after {}", i);
    CHECK(echoed(client, text) == text);
  }
  ::shutdown(client.get(), SHUT_WR);
  CHECK(receive_all(client.get()).empty());
  CHECK(joined.relaying.stop()["counters"]["wrong_checksums"] == 3 * kBlind);
}

TEST_CASE("a client whose connection is lost gets a new one from the same port") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(from_range(kContestedModes));
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Relaying relaying(mode_text(mode));
  const Router& router = relaying.router();
  // Each connection has a server of its own: the lost one's waits for what does not come.
  const Descriptor listener = listen_at(router.network().server(), router.server(family));
  Descriptor client = connect_to(router.network().client(), router.server(family), kContestedPort);
  REQUIRE(client);
  const Descriptor lost = accept_from(listener);
  REQUIRE(lost);
  ::send(client.get(), "x", 1, MSG_NOSIGNAL);
  std::array<char, 16> bytes{};
  CHECK(receive(lost.get(), bytes.data(), 1) == 1);
  // A socket under repair is closed without a word (TCP_REPAIR), as by a power cut.
  const int on = 1;
  REQUIRE(::setsockopt(client.get(), IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0);
  client = {};
  client = connect_to(router.network().client(), router.server(family), kContestedPort);
  REQUIRE(client);
  const Descriptor found = accept_from(listener);
  REQUIRE(found);
  ::send(client.get(), "again", 5, MSG_NOSIGNAL);
  CHECK(receive(found.get(), bytes.data(), 5, MSG_WAITALL) == 5);
  ::send(found.get(), "there", 5, MSG_NOSIGNAL);
  CHECK(receive(client.get(), bytes.data(), 5, MSG_WAITALL) == 5);
  relaying.stop();
}

TEST_CASE("damaged data reach the server as damaged as they came, in every mode") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(from_range(kContestedModes));
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  JoinedEcho joined(mode, family);
  const Router& router = joined.router();
  const Descriptor& client = joined.client;
  SegmentSpec spec = in_its_name(router, family);
  spec.flags = {.rst = true};
  spec.payload_size = 16;
  Packet packet = build(spec);
  packet.bytes.back() ^= std::byte{0x55};
  LinkTap tap(router.network().server());
  RawHost(router.network().client()).send(packet);
  // Where latesyn translates, from the flags on all is as it was; the kernel's own shifting changes
  // the checksum by as much as the numbers.
  const bool whole = mode.ends_with("\"user\"");
  CHECK(tap.sees(Bytes(packet.bytes).last(whole ? 24 : 16)));
  CHECK(echoed(client, "after") == "after");
  CHECK(joined.relaying.stop()["counters"]["wrong_checksums"] == 1);
}

}  // namespace latesyn
