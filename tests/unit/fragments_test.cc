// Cutting IPv4 packets as a router does.

#include "proxy/packet/fragments.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/hop.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn::test {
namespace {

/// A packet of so many bytes behind its header, which may have options.
Packet packet_with(std::vector<std::uint8_t> options, std::size_t size, unsigned fragment = 0) {
  const std::size_t header = 20 + options.size();
  Packet packet{std::vector<std::byte>(header + size)};
  const MutableBytes b(packet.bytes);
  wire::put8(b, 0, static_cast<std::uint8_t>(0x40 | header / 4));
  wire::put16(b, 2, static_cast<std::uint16_t>(b.size()));
  wire::put16(b, 4, 0x1234);
  wire::put16(b, 6, static_cast<std::uint16_t>(fragment));
  wire::put8(b, 8, 64);
  wire::put8(b, 9, 6);
  for (std::size_t i = 0; i < options.size(); ++i) wire::put8(b, 20 + i, options[i]);
  for (std::size_t i = 0; i < size; ++i) wire::put8(b, header + i, static_cast<std::uint8_t>(i));
  complete_header_checksum(b);
  return packet;
}

/// Header size, fragment field, and bytes behind the header, of each.
struct Piece {
  std::size_t header;
  unsigned field;
  std::size_t size;
  bool operator==(const Piece&) const = default;
};

std::vector<Piece> pieces(const std::vector<Packet>& packets) {
  std::vector<Piece> out;
  for (const Packet& packet : packets) {
    const Bytes b = packet.bytes;
    const std::size_t header = (wire::u8(b, 0) & 0x0fU) * 4U;
    CHECK(wire::u16(b, 2) == b.size());
    CHECK(wire::u16(b, 4) == 0x1234);
    CHECK(internet_checksum(b.first(header)) == 0);
    out.push_back({header, wire::u16(b, 6), b.size() - header});
  }
  return out;
}

/// All that stands behind the headers, in order.
std::vector<std::byte> data_of(const std::vector<Packet>& packets) {
  std::vector<std::byte> out;
  for (const Packet& packet : packets) {
    const Bytes data = Bytes(packet.bytes).subspan((wire::u8(packet.bytes, 0) & 0x0fU) * 4U);
    out.insert(out.end(), data.begin(), data.end());
  }
  return out;
}

}  // namespace

TEST_CASE("A packet is cut into pieces that fit, at multiples of eight bytes") {
  const Packet packet = packet_with({}, 3000);
  const auto cut = fragments_of(packet.bytes, 1280);
  CHECK(pieces(cut) ==
        std::vector<Piece>{{20, 0x2000, 1256}, {20, 0x2000 | 157, 1256}, {20, 314, 488}});
  CHECK(data_of(cut) == data_of({packet}));
}

TEST_CASE("A packet that fits is one piece") {
  const Packet packet = packet_with({}, 1260);
  CHECK(fragments_of(packet.bytes, 1280) == std::vector<Packet>{packet});
}

TEST_CASE("Later pieces repeat the options that say so, and no others") {
  // Record route (not copied), no operation, router alert (copied).
  const Packet packet = packet_with({7, 3, 4, 1, 0x94, 4, 0, 0}, 200);
  const auto cut = fragments_of(packet.bytes, 128);
  CHECK(pieces(cut) == std::vector<Piece>{{28, 0x2000, 96}, {24, 12, 104}});
  CHECK(wire::u32(cut[1].bytes, 20) == 0x94040000);
}

TEST_CASE("A fragment is cut at its own offset, and stays one that is not the last") {
  const Packet packet = packet_with({}, 160, 0x2000 | 100);
  const auto cut = fragments_of(packet.bytes, 116);
  CHECK(pieces(cut) == std::vector<Piece>{{20, 0x2000 | 100, 96}, {20, 0x2000 | 112, 64}});
}

TEST_CASE("Only IPv4 without DF may be cut") {
  CHECK(may_be_fragmented(packet_with({}, 8).bytes));
  CHECK_FALSE(may_be_fragmented(packet_with({}, 8, 0x4000).bytes));
  Packet v6{std::vector<std::byte>(60)};
  wire::put8(v6.bytes, 0, 0x60);
  CHECK_FALSE(may_be_fragmented(v6.bytes));
}

}  // namespace latesyn::test
