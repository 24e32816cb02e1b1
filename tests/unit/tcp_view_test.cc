#include "proxy/packet/tcp_view.hpp"

#include "tests/unit/known_packets.hpp"

namespace latesyn::test {
namespace {

TcpView view_of(Bytes bytes) { return std::get<TcpView>(TcpView::over(bytes)); }

Endpoint end(std::string_view address, std::uint16_t port) {
  return {*IpAddress::parse(address), port};
}

}  // namespace

TEST_CASE("a SYN over IPv4 is read as it is on the wire") {
  const auto packet = syn_v4();
  const TcpView syn = view_of(packet);
  CHECK(syn.family() == Family::v4);
  CHECK(syn.from() == end("192.0.2.1", 40000));
  CHECK(syn.to() == end("198.51.100.2", 80));
  CHECK(syn.seq() == Seq{0x12345678});
  CHECK(syn.ack() == Seq{0});
  CHECK(syn.flags() == Flags{.syn = true});
  CHECK(syn.window() == 64240);
  CHECK(syn.timestamps() == Timestamps{0x11223344, 0});
  CHECK(syn.payload_size() == 0);
  CHECK(syn.sequence_size() == 1);
  CHECK(syn.hop_limit() == 64);
  CHECK(syn.total_size() == 60);
  CHECK(syn.tcp_at() == 20);
  CHECK(syn.payload_at() == 60);
  CHECK(syn.complete());
}

TEST_CASE("data over IPv6 is read as it is on the wire") {
  const auto packet = data_v6();
  const TcpView data = view_of(packet);
  CHECK(data.family() == Family::v6);
  CHECK(data.from() == end("2001:db8::1", 443));
  CHECK(data.to() == end("2001:db8::2", 50000));
  CHECK(data.seq() == Seq{0xfffffff0});
  CHECK(data.ack() == Seq{0x01020304});
  CHECK(data.flags() == Flags{.psh = true, .ack = true});
  CHECK(data.window() == 512);
  CHECK(data.timestamps() == std::nullopt);
  CHECK(data.payload_size() == 5);
  CHECK(data.sequence_size() == 5);
  CHECK(data.hop_limit() == 64);
  CHECK(data.total_size() == 65);
  CHECK(data.tcp_at() == 40);
  CHECK(data.payload_at() == 60);
  CHECK(data.complete());
}

TEST_CASE("a copy that ends behind the headers still tells the size of the whole packet") {
  const auto packet = data_v6();
  const TcpView data = view_of(Bytes(packet).first(60));
  CHECK_FALSE(data.complete());
  CHECK(data.payload_size() == 5);
  CHECK(data.total_size() == 65);
}

TEST_CASE("bytes behind the end that the IP header states are no payload") {
  auto packet = syn_v4();
  packet.resize(packet.size() + 6);
  CHECK(view_of(packet).payload_size() == 0);
}

TEST_CASE("IPv4 options move the TCP header") {
  auto packet = syn_v4();
  packet.insert(packet.begin() + 20, 4, std::byte{1});
  packet[0] = std::byte{0x46};
  packet[3] = std::byte{64};
  const TcpView syn = view_of(packet);
  CHECK(syn.tcp_at() == 24);
  CHECK(syn.seq() == Seq{0x12345678});
}

TEST_CASE("IPv6 extension headers before TCP are walked over") {
  const auto with = [](std::string_view extensions, std::uint8_t first) {
    auto packet = data_v6();
    const auto added = from_hex(extensions);
    packet.insert(packet.begin() + 40, added.begin(), added.end());
    packet[6] = std::byte{first};
    packet[5] = static_cast<std::byte>(25 + added.size());
    return packet;
  };
  // Hop-by-hop options (16 bytes), routing (8 bytes), destination options (8 bytes), then TCP.
  const auto packet =
      with("2b010502 00000100 00000000 00000000 3c000000 00000000 06000104 00000000", 0);
  const TcpView data = view_of(packet);
  CHECK(data.tcp_at() == 72);
  CHECK(data.seq() == Seq{0xfffffff0});
  CHECK(data.payload_size() == 5);

  // A fragment header of a packet that is whole (RFC 6946); its reserved bits mean nothing.
  const auto atomic = with("06000006 badcaffe", 44);
  CHECK(view_of(atomic).tcp_at() == 48);
  CHECK(view_of(atomic).payload_size() == 5);
}

TEST_CASE("the first timestamps option counts, and only if it has its ten bytes") {
  auto packet = syn_v4();
  // A timestamps option of four bytes, then no-operations up to the window scale.
  const auto options = from_hex("020405b4 0402080a 08041122 01010101 01030307");
  std::copy(options.begin(), options.end(), packet.begin() + 40);
  packet[46] = packet[47] = std::byte{1};
  CHECK(view_of(packet).timestamps() == std::nullopt);
}

TEST_CASE("nothing is read behind the end of the options") {
  auto packet = syn_v4();
  packet[40] = std::byte{0};
  packet[41] = std::byte{8};  // what follows the end may be anything
  CHECK(view_of(packet).timestamps() == std::nullopt);
}

TEST_CASE("flags are named in the order of the figures") {
  CHECK(
      Flags{.fin = true, .syn = true, .rst = true, .psh = true, .ack = true, .urg = true}.text() ==
      "FIN,SYN,RST,ACK");
  CHECK(Flags{}.text().empty());
}

TEST_CASE("flags survive the way to bits and back") {
  for (unsigned bits = 0; bits < 64; ++bits) {
    CHECK(Flags::from_bits(static_cast<std::uint8_t>(bits)).bits() == bits);
  }
}

}  // namespace latesyn::test
