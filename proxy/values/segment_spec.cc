#include "proxy/values/segment_spec.hpp"

#include <algorithm>
#include <cassert>

#include "proxy/values/checksum.hpp"
#include "proxy/values/tcp_edit.hpp"
#include "proxy/values/wire.hpp"

namespace latesyn {
namespace {

constexpr std::uint8_t kTcp = 6, kHops = 64;

void put_address(MutableBytes b, std::size_t at, const IpAddress& address) {
  std::ranges::copy(address.bytes(), b.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_ipv4(MutableBytes b, const SegmentSpec& s) {
  wire::put8(b, 0, 0x45);
  wire::put16(b, 2, static_cast<std::uint16_t>(b.size()));
  wire::put16(b, 6, 0x4000);  // don't fragment
  wire::put8(b, 8, kHops);
  wire::put8(b, 9, kTcp);
  put_address(b, 12, s.from.address);
  put_address(b, 16, s.to.address);
  wire::put16(b, 10, internet_checksum(b.first(20)));
}

void put_ipv6(MutableBytes b, const SegmentSpec& s) {
  wire::put8(b, 0, 0x60);
  wire::put16(b, 4, static_cast<std::uint16_t>(b.size() - 40));
  wire::put8(b, 6, kTcp);
  wire::put8(b, 7, kHops);
  put_address(b, 8, s.from.address);
  put_address(b, 24, s.to.address);
}

void put_tcp(MutableBytes b, const SegmentSpec& s) {
  const std::size_t words = s.timestamps ? 8 : 5;
  wire::put16(b, 0, s.from.port);
  wire::put16(b, 2, s.to.port);
  wire::put32(b, 4, s.seq.raw);
  wire::put32(b, 8, s.ack.raw);
  wire::put8(b, 12, static_cast<std::uint8_t>(words << 4U));
  wire::put8(b, 13, s.flags.bits());
  wire::put16(b, 14, s.window);
  if (!s.timestamps) return;
  wire::put32(b, 20, 0x0101080a);  // two no-operations, then the option (RFC 7323 appendix A)
  wire::put32(b, 24, s.timestamps->value);
  wire::put32(b, 28, s.timestamps->echo);
}

}  // namespace

Packet build(const SegmentSpec& spec) {
  assert(spec.from.address.family() == spec.to.address.family() && spec.payload_size <= 1400);
  const bool v4 = spec.from.address.family() == Family::v4;
  const std::size_t ip = v4 ? 20 : 40;
  Packet packet{std::vector<std::byte>(ip + (spec.timestamps ? 32 : 20) + spec.payload_size)};
  const MutableBytes bytes(packet.bytes);
  v4 ? put_ipv4(bytes, spec) : put_ipv6(bytes, spec);
  put_tcp(bytes.subspan(ip), spec);
  TcpEdit::over(bytes).complete_checksum();
  return packet;
}

}  // namespace latesyn
