#include "proxy/packet/segment_spec.hpp"

#include "proxy/packet/checksum.hpp"
#include "tests/unit/known_packets.hpp"

namespace latesyn::test {

TEST_CASE("a segment without options is built byte for byte") {
  const Packet packet = build({.from = {*IpAddress::parse("10.0.0.1"), 1000},
                               .to = {*IpAddress::parse("10.0.0.2"), 80},
                               .seq = Seq{1},
                               .ack = Seq{2},
                               .flags = {.ack = true},
                               .window = 3});
  CHECK(packet.bytes == from_hex("45000028 00004000 400626ce 0a000001 0a000002 "
                                 "03e80050 00000001 00000002 50100003 97940000"));
}

TEST_CASE("a segment with timestamps over IPv6 reads back as it was said") {
  const SegmentSpec spec{.from = {*IpAddress::parse("fd00::1"), 1},
                         .to = {*IpAddress::parse("fd00::2"), 65535},
                         .seq = Seq{0xffffffff},
                         .ack = Seq{7},
                         .flags = {.fin = true, .ack = true},
                         .timestamps = Timestamps{8, 9},
                         .payload_size = 11};
  const Packet packet = build(spec);
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  CHECK(view.from() == spec.from);
  CHECK(view.to() == spec.to);
  CHECK(view.seq() == spec.seq);
  CHECK(view.ack() == spec.ack);
  CHECK(view.flags() == spec.flags);
  CHECK(view.timestamps() == spec.timestamps);
  CHECK(view.payload_size() == 11);
  CHECK(view.total_size() == packet.bytes.size());
  CHECK(tcp_checksum(spec.from.address, spec.to.address, Bytes(packet.bytes).subspan(40)) == 0);
}

}  // namespace latesyn::test
