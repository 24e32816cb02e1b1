#include "proxy/packet/icmp.hpp"

#include <algorithm>

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/ip_numbers.hpp"
#include "proxy/packet/tcp_view.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

/// Type, code, and the word behind the checksum.
struct Message {
  std::uint8_t type, code;
  std::uint32_t word = 0;
};
struct Messages {
  Message v4, v6;
};
/// ICMPv6's parameter problem points at the next header of IPv6 (RFC 4443 section 3.4).
constexpr std::uint32_t kNextHeaderAt = 6;
/// In the order of Unreachable.
constexpr std::array<Messages, kUnreachableNames.size()> kMessages{{
    {{3, 0}, {1, 0}},
    {{3, 1}, {1, 3}},
    {{3, 3}, {1, 4}},
    {{3, 13}, {1, 1}},
    {{3, 2}, {4, 1, kNextHeaderAt}},
    {{3, 9}, {1, 1}},
    {{3, 10}, {1, 1}},
    {{3, 4}, {2, 0}},
    {{11, 0}, {3, 0}},
}};

void put_addresses(MutableBytes b, std::size_t at, const IpAddress& from, const IpAddress& to) {
  auto out = b.begin() + static_cast<std::ptrdiff_t>(at);
  out = std::ranges::copy(from.bytes(), out).out;
  std::ranges::copy(to.bytes(), out);
}

void put_message(MutableBytes b, const Message& message) {
  wire::put8(b, 0, message.type);
  wire::put8(b, 1, message.code);
  wire::put32(b, 4, message.word);
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

Packet build_icmp4(const Message& message, const IpAddress& from, const IpAddress& to,
                   Bytes quoted) {
  Packet packet{std::vector<std::byte>(28 + quoted.size())};
  const MutableBytes b(packet.bytes);
  wire::put8(b, 0, 0x45);
  wire::put16(b, 2, static_cast<std::uint16_t>(b.size()));
  wire::put8(b, 8, kHops);
  wire::put8(b, 9, kIcmp);
  put_addresses(b, 12, from, to);
  wire::put16(b, 10, internet_checksum(b.first(20)));
  put_message(b.subspan(20), message);
  std::ranges::copy(quoted, b.begin() + 28);
  wire::put16(b, 22, internet_checksum(b.subspan(20)));
  return packet;
}

Packet build_icmp6(const Message& message, const IpAddress& from, const IpAddress& to,
                   Bytes quoted) {
  Packet packet{std::vector<std::byte>(48 + quoted.size())};
  const MutableBytes b(packet.bytes);
  wire::put8(b, 0, 0x60);
  wire::put16(b, 4, static_cast<std::uint16_t>(b.size() - 40));
  wire::put8(b, 6, kIcmp6);
  wire::put8(b, 7, kHops);
  put_addresses(b, 8, from, to);
  put_message(b.subspan(40), message);
  std::ranges::copy(quoted, b.begin() + 48);
  wire::put16(b, 42, icmp6_checksum(from, to, b.subspan(40)));
  return packet;
}

}  // namespace

Packet build_unreachable(Unreachable why, const Packet& packet, std::uint16_t mtu,
                         const std::optional<IpAddress>& teller) {
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  const Bytes quoted = Bytes(packet.bytes).first(view.payload_at());
  const bool v4 = view.family() == Family::v4;
  const Messages& messages = kMessages[static_cast<std::size_t>(why)];
  Message message = v4 ? messages.v4 : messages.v6;
  if (why == Unreachable::fragmentation_needed) message.word = mtu;
  const IpAddress from = teller.value_or(view.to().address), to = view.from().address;
  return v4 ? build_icmp4(message, from, to, quoted) : build_icmp6(message, from, to, quoted);
}

}  // namespace latesyn
