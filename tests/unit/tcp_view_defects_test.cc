// Every way in which bytes can fail to be a TCP segment; none may be read as one.

#include "proxy/packet/tcp_view.hpp"
#include "tests/unit/known_packets.hpp"

namespace latesyn::test {
namespace {

std::string defect_of(Bytes bytes) {
  const auto view = TcpView::over(bytes);
  const auto* defect = std::get_if<Defect>(&view);
  return defect == nullptr ? "none" : std::string(name(*defect));
}

/// The SYN with one byte changed.
std::string defect_with(std::size_t at, unsigned value) {
  auto packet = syn_v4();
  packet[at] = static_cast<std::byte>(value);
  return defect_of(packet);
}

std::string defect_of_v6_with(std::size_t at, unsigned value) {
  auto packet = data_v6();
  packet[at] = static_cast<std::byte>(value);
  return defect_of(packet);
}

}  // namespace

TEST_CASE("the known packets have no defect") {
  CHECK(defect_of(syn_v4()) == "none");
  CHECK(defect_of(data_v6()) == "none");
}

TEST_CASE("a packet that ends anywhere within its headers is truncated") {
  const auto v4 = syn_v4();
  for (std::size_t size = 0; size < 60; ++size) {
    CAPTURE(size);
    CHECK(defect_of(Bytes(v4).first(size)) == "truncated");
  }
  const auto v6 = data_v6();
  for (std::size_t size = 0; size < 60; ++size) {
    CAPTURE(size);
    CHECK(defect_of(Bytes(v6).first(size)) == "truncated");
  }
}

TEST_CASE("an IP version that does not exist is a bad IP header") {
  CHECK(defect_with(0, 0x55) == "bad IP header");
}

TEST_CASE("an IPv4 header below its shortest is a bad IP header") {
  CHECK(defect_with(0, 0x44) == "bad IP header");
}

TEST_CASE("an IPv4 packet shorter than its own header is a bad IP header") {
  CHECK(defect_with(3, 19) == "bad IP header");
}

TEST_CASE("UDP is not TCP, in either family") {
  CHECK(defect_with(9, 17) == "not TCP");
  CHECK(defect_of_v6_with(6, 17) == "not TCP");
}

TEST_CASE("an ICMP error is not TCP, whatever it quotes") {
  CHECK(defect_with(9, 1) == "not TCP");
  CHECK(defect_of_v6_with(6, 58) == "not TCP");
}

TEST_CASE("every fragment is one, the first and the last too") {
  CHECK(defect_with(6, 0x20) == "fragment");  // more fragments follow
  CHECK(defect_with(7, 0x01) == "fragment");  // an offset
  CHECK(defect_of_v6_with(6, 44) == "fragment");
  for (const unsigned offset_and_more : {0x0001U, 0x0008U, 0x0009U, 0xfff8U}) {
    auto packet = data_v6();
    packet[6] = std::byte{44};
    packet[42] = static_cast<std::byte>(offset_and_more >> 8U);
    packet[43] = static_cast<std::byte>(offset_and_more & 0xffU);
    CHECK(defect_of(packet) == "fragment");
  }
}

TEST_CASE("an IPv6 fragment behind another extension header is found") {
  auto packet = data_v6();
  const auto hop_by_hop = from_hex("2c000104 00000000");
  packet.insert(packet.begin() + 40, hop_by_hop.begin(), hop_by_hop.end());
  packet[6] = std::byte{0};
  packet[5] = std::byte{33};
  CHECK(defect_of(packet) == "fragment");
}

TEST_CASE("a chain of IPv6 headers that runs out of the packet is truncated") {
  auto packet = data_v6();
  packet[6] = std::byte{60};
  packet[40] = std::byte{60};
  packet[41] = std::byte{255};
  CHECK(defect_of(packet) == "truncated");
}

TEST_CASE("a TCP header shorter than its fixed part is a bad data offset") {
  for (unsigned words = 0; words < 5; ++words)
    CHECK(defect_with(32, words << 4U) == "bad data offset");
}

TEST_CASE("a TCP header that reaches beyond the packet is a bad data offset") {
  CHECK(defect_with(32, 0xb0) == "bad data offset");
  CHECK(defect_of_v6_with(52, 0xf0) == "bad data offset");
}

TEST_CASE("a TCP option that reaches beyond the header is a lie about its length") {
  CHECK(defect_with(58, 4) == "bad options");  // the window scale, last of all
  CHECK(defect_with(41, 60) == "bad options");
}

TEST_CASE("a TCP option shorter than its own length field is a lie about its length") {
  CHECK(defect_with(41, 0) == "bad options");
  CHECK(defect_with(41, 1) == "bad options");
}

TEST_CASE("a TCP option without room for its length is a lie about its length") {
  auto packet = syn_v4();
  packet[57] = packet[58] = std::byte{1};
  packet[59] = std::byte{8};
  CHECK(defect_of(packet) == "bad options");
}

}  // namespace latesyn::test
