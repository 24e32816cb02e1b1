#include "proxy/packet/icmp_quote.hpp"

#include <algorithm>
#include <array>

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/ip_numbers.hpp"
#include "proxy/packet/tcp_view.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kIcmpHeader = 8, kSeqQuoted = 8, kAckQuoted = 14, kChecksumQuoted = 18;
/// Unreachable with its "fragmentation needed", source quench, time exceeded, parameter problem.
constexpr std::array<std::uint8_t, 4> kErrors4{3, 4, 11, 12};
/// RFC 4443 section 2.1: what is below is an error; above, it is none.
constexpr std::uint8_t kErrors6End = 128;

/// What an IP header is followed by, and where.
struct Carried {
  bool v4 = true;
  std::uint8_t protocol = 0;
  std::size_t at = 0;
};

std::optional<Carried> carried(Bytes b) {
  if (b.size() >= 20 && wire::u8(b, 0) >> 4U == 4) {
    const std::size_t header = (wire::u8(b, 0) & 0x0fU) * 4U;
    constexpr unsigned kFragmentOffset = 0x1fff;  // a later fragment has no TCP header
    if (header < 20 || (wire::u16(b, 6) & kFragmentOffset) != 0) return std::nullopt;
    return Carried{true, wire::u8(b, 9), header};
  }
  if (b.size() < 40 || wire::u8(b, 0) >> 4U != 6) return std::nullopt;
  return Carried{false, wire::u8(b, 6), 40};
}

bool is_error(bool v4, std::uint8_t type) {
  return v4 ? std::ranges::find(kErrors4, type) != kErrors4.end() : type < kErrors6End;
}

}  // namespace

bool is_icmp(Bytes packet) {
  const auto ip = carried(packet);
  return ip && ip->protocol == (ip->v4 ? kIcmp : kIcmp6);
}

std::optional<IcmpQuote> IcmpQuote::over(Bytes packet) {
  if (!is_icmp(packet)) return std::nullopt;
  const Carried outer = carried(packet).value();
  if (packet.size() < outer.at + kIcmpHeader) return std::nullopt;
  if (!is_error(outer.v4, wire::u8(packet, outer.at))) return std::nullopt;
  const std::size_t quoted_at = outer.at + kIcmpHeader;
  const auto inner = carried(packet.subspan(quoted_at));
  if (!inner || inner->v4 != outer.v4 || inner->protocol != kTcp) return std::nullopt;
  if (packet.size() < quoted_at + inner->at + kSeqQuoted) return std::nullopt;
  IcmpQuote quote;
  quote.bytes_ = packet;
  quote.v4_ = outer.v4;
  quote.icmp_at_ = outer.at;
  quote.quoted_from_at_ = quoted_at + (outer.v4 ? 12 : 8);
  quote.tcp_at_ = quoted_at + inner->at;
  return quote;
}

Endpoint IcmpQuote::from() const {
  return {IpAddress::from_bytes(bytes_.subspan(quoted_from_at_, ip_size())),
          wire::u16(bytes_, tcp_at_)};
}

Endpoint IcmpQuote::to() const {
  return {IpAddress::from_bytes(bytes_.subspan(quoted_from_at_ + ip_size(), ip_size())),
          wire::u16(bytes_, tcp_at_ + 2)};
}

void IcmpQuote::add(MutableBytes packet, std::size_t at, std::uint32_t by) const {
  const std::uint32_t before = wire::u32(packet, at), after = before + by;
  const auto update = [&](std::size_t checksum_at, std::uint32_t was, std::uint32_t is) {
    wire::put16(packet, checksum_at, updated_checksum(wire::u16(packet, checksum_at), was, is));
  };
  wire::put32(packet, at, after);
  update(icmp_at_ + 2, before, after);
  if (packet.size() < tcp_at_ + kChecksumQuoted) return;
  // The quoted checksum is itself under the error's.
  const std::uint16_t quoted = wire::u16(packet, tcp_at_ + 16);
  update(tcp_at_ + 16, before, after);
  update(icmp_at_ + 2, quoted, wire::u16(packet, tcp_at_ + 16));
}

void IcmpQuote::shift(MutableBytes packet, std::uint32_t seq_by, std::uint32_t ack_by) const {
  add(packet, tcp_at_ + 4, seq_by);
  const bool has_ack =
      packet.size() >= tcp_at_ + kAckQuoted && Flags::from_bits(wire::u8(packet, tcp_at_ + 13)).ack;
  if (has_ack) add(packet, tcp_at_ + 8, ack_by);
}

}  // namespace latesyn
