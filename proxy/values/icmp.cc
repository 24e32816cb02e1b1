#include "proxy/values/icmp.hpp"

#include <algorithm>

#include "proxy/values/checksum.hpp"
#include "proxy/values/tcp_view.hpp"
#include "proxy/values/wire.hpp"

namespace latesyn {
namespace {

constexpr std::uint8_t kIcmp = 1, kIcmp6 = 58, kHops = 64;
constexpr std::uint8_t kUnreachable4 = 3, kUnreachable6 = 1;
/// Type and code in the order of Unreachable.
constexpr std::array<std::uint8_t, 4> kCodes4{0, 1, 3, 13}, kCodes6{0, 3, 4, 1};

void put_addresses(MutableBytes b, std::size_t at, const IpAddress& from, const IpAddress& to) {
  auto out = b.begin() + static_cast<std::ptrdiff_t>(at);
  out = std::ranges::copy(from.bytes(), out).out;
  std::ranges::copy(to.bytes(), out);
}

/// What ICMPv6's checksum covers besides the message (RFC 8200 section 8.1).
std::uint16_t icmp6_checksum(const IpAddress& from, const IpAddress& to, Bytes message) {
  std::vector<std::byte> covered(40 + message.size());
  put_addresses(covered, 0, from, to);
  wire::put32(covered, 32, static_cast<std::uint32_t>(message.size()));
  wire::put8(covered, 39, kIcmp6);
  std::ranges::copy(message, covered.begin() + 40);
  return internet_checksum(covered);
}

Packet build_icmp4(Unreachable why, const TcpView& about, Bytes quoted) {
  Packet packet{std::vector<std::byte>(28 + quoted.size())};
  const MutableBytes b(packet.bytes);
  wire::put8(b, 0, 0x45);
  wire::put16(b, 2, static_cast<std::uint16_t>(b.size()));
  wire::put8(b, 8, kHops);
  wire::put8(b, 9, kIcmp);
  put_addresses(b, 12, about.to().address, about.from().address);
  wire::put16(b, 10, internet_checksum(b.first(20)));
  wire::put8(b, 20, kUnreachable4);
  wire::put8(b, 21, kCodes4[static_cast<std::size_t>(why)]);
  std::ranges::copy(quoted, b.begin() + 28);
  wire::put16(b, 22, internet_checksum(b.subspan(20)));
  return packet;
}

Packet build_icmp6(Unreachable why, const TcpView& about, Bytes quoted) {
  Packet packet{std::vector<std::byte>(48 + quoted.size())};
  const MutableBytes b(packet.bytes);
  const IpAddress from = about.to().address, to = about.from().address;
  wire::put8(b, 0, 0x60);
  wire::put16(b, 4, static_cast<std::uint16_t>(b.size() - 40));
  wire::put8(b, 6, kIcmp6);
  wire::put8(b, 7, kHops);
  put_addresses(b, 8, from, to);
  wire::put8(b, 40, kUnreachable6);
  wire::put8(b, 41, kCodes6[static_cast<std::size_t>(why)]);
  std::ranges::copy(quoted, b.begin() + 48);
  wire::put16(b, 42, icmp6_checksum(from, to, b.subspan(40)));
  return packet;
}

}  // namespace

Packet build_unreachable(Unreachable why, const Packet& packet) {
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  const Bytes quoted = Bytes(packet.bytes).first(view.payload_at());
  return view.family() == Family::v4 ? build_icmp4(why, view, quoted)
                                     : build_icmp6(why, view, quoted);
}

}  // namespace latesyn
