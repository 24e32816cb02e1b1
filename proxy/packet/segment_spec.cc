#include "proxy/packet/segment_spec.hpp"

#include <algorithm>
#include <cassert>

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/ip_numbers.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

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

/// The options in the order that Linux gives them, each padded to whole words.
std::vector<std::uint8_t> options_of(const SegmentSpec& s) {
  std::vector<std::uint8_t> out;
  const auto add = [&out](std::initializer_list<std::uint8_t> bytes) {
    out.insert(out.end(), bytes);
  };
  const auto add_word = [&add](std::uint32_t v) {
    add({static_cast<std::uint8_t>(v >> 24U), static_cast<std::uint8_t>(v >> 16U & 0xffU),
         static_cast<std::uint8_t>(v >> 8U & 0xffU), static_cast<std::uint8_t>(v & 0xffU)});
  };
  constexpr std::uint8_t kNop = option::kNoOperation;
  if (s.syn_options.mss) add_word(option::kMss << 24U | 4U << 16U | *s.syn_options.mss);
  if (s.syn_options.sack_permitted) add({kNop, kNop, option::kSackPermitted, 2});
  if (s.timestamps) {  // RFC 7323 appendix A
    add({kNop, kNop, option::kTimestamps, 10});
    add_word(s.timestamps->value);
    add_word(s.timestamps->echo);
  }
  if (const auto scale = s.syn_options.window_scale) add({kNop, option::kWindowScale, 3, *scale});
  return out;
}

void put_tcp(MutableBytes b, const SegmentSpec& s, const std::vector<std::uint8_t>& options) {
  wire::put16(b, 0, s.from.port);
  wire::put16(b, 2, s.to.port);
  wire::put32(b, 4, s.seq.raw);
  wire::put32(b, 8, s.ack.raw);
  wire::put8(b, 12, static_cast<std::uint8_t>((20 + options.size()) / 4 << 4U));
  wire::put8(b, 13, s.flags.bits());
  wire::put16(b, 14, s.window);
  for (std::size_t i = 0; i < options.size(); ++i) wire::put8(b, 20 + i, options[i]);
}

}  // namespace

Packet build(const SegmentSpec& spec) {
  assert(spec.from.address.family() == spec.to.address.family() && spec.payload_size <= 1400);
  const bool v4 = spec.from.address.family() == Family::v4;
  const std::size_t ip = v4 ? 20 : 40;
  const auto options = options_of(spec);
  Packet packet{std::vector<std::byte>(ip + 20 + options.size() + spec.payload_size)};
  const MutableBytes bytes(packet.bytes);
  v4 ? put_ipv4(bytes, spec) : put_ipv6(bytes, spec);
  put_tcp(bytes.subspan(ip), spec, options);
  TcpEdit::over(bytes).complete_checksum();
  return packet;
}

}  // namespace latesyn
