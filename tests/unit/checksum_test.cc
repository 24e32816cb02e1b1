#include "proxy/packet/checksum.hpp"

#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "tests/unit/known_packets.hpp"

namespace latesyn::test {
namespace {

std::uint16_t tcp_checksum_of(Bytes packet) {
  const auto view = std::get<TcpView>(TcpView::over(packet));
  return tcp_checksum(view.from().address, view.to().address, packet.subspan(view.tcp_at()));
}

}  // namespace

TEST_CASE("the checksum over a right checksum is zero") {
  const auto v4 = syn_v4(), v6 = data_v6();
  CHECK(internet_checksum(Bytes(v4).first(20)) == 0);
  CHECK(tcp_checksum_of(v4) == 0);
  CHECK(tcp_checksum_of(v6) == 0);  // 25 bytes: the last one is padded
}

TEST_CASE("the example of RFC 1071 section 3 has its sum") {
  const auto bytes = from_hex("0001f203 f4f5f6f7");
  CHECK(internet_checksum(bytes) == static_cast<std::uint16_t>(~0xddf2U));
}

TEST_CASE("one changed bit is seen") {
  auto packet = data_v6();
  packet[64] ^= std::byte{1};
  CHECK(tcp_checksum_of(packet) != 0);
}

TEST_CASE("a checksum left to the network card is completed") {
  for (const auto& known : {syn_v4(), data_v6()}) {
    auto packet = known;
    const std::size_t at = std::get<TcpView>(TcpView::over(packet)).tcp_at() + 16;
    packet[at] = packet[at + 1] = std::byte{0x5a};
    TcpEdit::over(packet).complete_checksum();
    CHECK(packet == known);
  }
}

TEST_CASE("a hop taken from IPv4 costs one of its TTL and keeps its header's checksum right") {
  auto packet = syn_v4();
  REQUIRE(TcpEdit::over(packet).take_hop());
  auto expected = syn_v4();
  expected[8] = std::byte{63};
  expected[10] = std::byte{0x33};  // 0x0100 less in the sum, so 0x0100 more in its complement
  CHECK(packet == expected);
  CHECK(internet_checksum(Bytes(packet).first(20)) == 0);
}

TEST_CASE("a hop taken from IPv6 costs one of its hop limit and nothing else") {
  auto packet = data_v6();
  REQUIRE(TcpEdit::over(packet).take_hop());
  auto expected = data_v6();
  expected[7] = std::byte{63};
  CHECK(packet == expected);
}

TEST_CASE("a packet without a hop left is not changed") {
  for (const unsigned hops : {0U, 1U}) {
    auto packet = data_v6();
    packet[7] = static_cast<std::byte>(hops);
    const auto before = packet;
    CHECK_FALSE(TcpEdit::over(packet).take_hop());
    CHECK(packet == before);
  }
}

}  // namespace latesyn::test
