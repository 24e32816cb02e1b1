// Packets that no rule can judge: they are the ends' business, so they pass, and are counted.

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/wire.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/raw_host.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

/// A SYN from the client to the server, told from others by its number.
Packet syn(const Router& router, Family family, std::uint32_t number) {
  const char* client = family == Family::v4 ? "10.1.0.2" : "fd00:1::2";
  return build({.from = {IpAddress::parse(client).value(), 4000},
                .to = router.server(family),
                .seq = Seq{number},
                .ack = {},
                .flags = {.syn = true},
                .timestamps = Timestamps{.value = number, .echo = 0}});
}

std::size_t tcp_at(const Packet& packet) { return wire::u8(packet.bytes, 0) >> 4U == 4 ? 20 : 40; }

/// What the headers say of the packet's length must follow a change of it.
Packet resized(Packet packet, std::size_t size) {
  packet.bytes.resize(size);
  const bool v4 = tcp_at(packet) == 20;
  wire::put16(packet.bytes, v4 ? 2 : 4, static_cast<std::uint16_t>(v4 ? size : size - 40));
  return packet;
}

Packet fragment(Packet packet) {
  if (tcp_at(packet) == 20) {
    wire::put16(packet.bytes, 6, 0x2000);  // more fragments follow
    return packet;
  }
  constexpr std::size_t kHeader = 8;
  packet.bytes.insert(packet.bytes.begin() + 40, kHeader, std::byte{0});
  packet.bytes[40] = packet.bytes[6];     // TCP comes next
  packet.bytes[6] = std::byte{44};        // a fragment header comes first
  wire::put16(packet.bytes, 42, 0x0001);  // more fragments follow
  const std::size_t size = packet.bytes.size();
  return resized(std::move(packet), size);
}

Packet truncated(Packet packet) {
  const std::size_t half = tcp_at(packet) + 10;
  return resized(std::move(packet), half);
}

Packet with_data_offset(Packet packet, std::uint8_t words) {
  wire::put8(packet.bytes, tcp_at(packet) + 12, static_cast<std::uint8_t>(words << 4U));
  return packet;
}

Packet with_first_option_size(Packet packet, std::uint8_t size) {
  // A maximum segment size, whose second byte is its length.
  wire::put8(packet.bytes, tcp_at(packet) + 20, 2);
  wire::put8(packet.bytes, tcp_at(packet) + 21, size);
  return packet;
}

/// Sends it through a run and looks that it reaches the server's link as it is, that `defect`
/// counts it, and that hosts talk before and after.
void check_passes(const Router& router, const std::string& rules, Family family,
                  const Packet& packet, const std::string& defect) {
  const Server server(router.network().server(), router.server(family), echo);
  const auto policy = router.write("p.toml", policy_text(rules));
  const auto program = router.run({policy, "--json", router.path("report")});
  const auto talk = [&] { return ask(router.network().client(), router.server(family), "hello"); };
  CHECK(talk() == "hello");
  LinkTap tap(router.network().server());
  RawHost(router.network().client()).send(packet);
  CHECK(tap.sees(Bytes(packet.bytes).subspan(tcp_at(packet))));
  CHECK(talk() == "hello");
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  auto defects = router.read_json("report")["counters"]["defects"];
  CHECK(defects[defect] == 1);
  defects.erase(defect);
  for (const auto& other : defects) CHECK(other == 0);
}

const std::string kAboutControl =
    "[[rule]]\nname = \"n\"\nwhen = { segment = \"rst\", copy = 9 }\ndo = \"drop\"\n";
const std::string kAboutAll =
    "[[rule]]\nname = \"n\"\nwhen = { segment = \"data\", copy = 9 }\ndo = \"drop\"\n";

TEST_CASE("A fragment passes and is counted") {
  const Router router;
  const auto rules = GENERATE(kAboutControl, kAboutAll);
  check_passes(router, rules, Family::v4, fragment(syn(router, Family::v4, 1)), "fragment");
}

TEST_CASE("A truncated TCP header passes and is counted") {
  const Router router;
  const auto family = GENERATE(Family::v4, Family::v6);
  const auto rules = GENERATE(kAboutControl, kAboutAll);
  check_passes(router, rules, family, truncated(syn(router, family, 2)), "truncated");
}

TEST_CASE("A bad data offset passes and is counted") {
  const Router router;
  const auto family = GENERATE(Family::v4, Family::v6);
  const auto words = GENERATE(std::uint8_t{4}, std::uint8_t{15});
  check_passes(router, kAboutControl, family, with_data_offset(syn(router, family, 3), words),
               "bad_data_offset");
}

TEST_CASE("An option that lies about its length passes and is counted") {
  const Router router;
  const auto family = GENERATE(Family::v4, Family::v6);
  const auto size = GENERATE(std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{40});
  check_passes(router, kAboutControl, family, with_first_option_size(syn(router, family, 4), size),
               "bad_options");
}

TEST_CASE("A fragment in IPv6 passes and is counted") {
  const Router router;
  check_passes(router, kAboutAll, Family::v6, fragment(syn(router, Family::v6, 5)), "fragment");
}

}  // namespace
}  // namespace latesyn
