#include "proxy/packet/tcp_edit.hpp"

#include <array>

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/hop.hpp"
#include "proxy/packet/segment_checksum.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {

void cut_payload(Packet& packet, std::uint32_t keep) {
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  if (view.payload_size() <= keep) return;
  const bool was_right = has_right_checksum(view, packet.bytes);
  packet.bytes.resize(view.payload_at() + keep);
  const MutableBytes b(packet.bytes);
  if (view.family() == Family::v4) {
    wire::put16(b, 2, static_cast<std::uint16_t>(b.size()));
    complete_header_checksum(b);
  } else {
    wire::put16(b, 4, static_cast<std::uint16_t>(b.size() - 40));
  }
  TcpEdit edit = TcpEdit::over(b);
  edit.complete_checksum();
  if (!was_right) edit.spoil_checksum();
}

TcpEdit TcpEdit::over(MutableBytes packet) {
  return {packet, std::get<TcpView>(TcpView::over(packet))};
}

bool TcpEdit::take_hop() { return latesyn::take_hop(packet_); }

void TcpEdit::set_hop_limit(std::uint8_t hops) {
  const bool v4 = view_.family() == Family::v4;
  wire::put8(packet_, v4 ? 8 : 7, hops);
  if (v4) complete_header_checksum(packet_);
}

void TcpEdit::put_traffic_class(unsigned value) {
  if (view_.family() == Family::v6) {
    wire::put16(packet_, 0,
                static_cast<std::uint16_t>((wire::u16(packet_, 0) & 0xf00fU) | value << 4U));
    return;
  }
  wire::put8(packet_, 1, static_cast<std::uint8_t>(value));
  complete_header_checksum(packet_);
}

void TcpEdit::set_dscp(std::uint8_t dscp) {
  put_traffic_class(unsigned{dscp} << 2U | (view_.traffic_class() & 3U));
}

void TcpEdit::set_ecn(std::uint8_t ecn) {
  put_traffic_class((view_.traffic_class() & 0xfcU) | ecn);
}

void TcpEdit::set_seq(Seq seq) { put32(view_.tcp_at() + 4, seq.raw); }

void TcpEdit::set_ack(Seq ack) { put32(view_.tcp_at() + 8, ack.raw); }

void TcpEdit::change_flags(std::uint8_t set, std::uint8_t clear) {
  const unsigned bits = (unsigned{view_.flags().bits()} | set) & ~unsigned{clear};
  put8(view_.tcp_at() + 13, static_cast<std::uint8_t>(bits));
}

void TcpEdit::set_mss(std::uint16_t mss) {
  const Bytes value = view_.option_value(option::kMss);
  if (value.size() == 2) put16(offset_of(value), mss);
}

void TcpEdit::set_window_scale(std::uint8_t shift) {
  const Bytes value = view_.option_value(option::kWindowScale);
  if (value.size() == 1) put8(offset_of(value), shift);
}

void TcpEdit::shift_seq(std::uint32_t by) { add(view_.tcp_at() + 4, by); }

void TcpEdit::shift_ack(std::uint32_t by) {
  if (!view_.flags().ack) return;
  add(view_.tcp_at() + 8, by);
  const Bytes blocks = view_.option_value(option::kSack);
  for (std::size_t at = 0; at + 4 <= blocks.size(); at += 4) add(offset_of(blocks) + at, by);
}

void TcpEdit::shift_timestamps(std::uint32_t value_by, std::uint32_t echo_by) {
  const Bytes value = view_.option_value(option::kTimestamps);
  if (value.size() != 8) return;
  add(offset_of(value), value_by);
  // Without ACK the echo means nothing (RFC 7323 section 3.2).
  if (view_.flags().ack) add(offset_of(value) + 4, echo_by);
}

void TcpEdit::set_window(std::uint16_t window) { put16(view_.tcp_at() + 14, window); }

bool TcpEdit::blank_option(std::uint8_t kind) {
  const Bytes value = view_.option_value(kind);
  if (value.data() == nullptr) return false;
  const std::size_t at = offset_of(value) - 2;
  for (std::size_t i = 0; i < value.size() + 2; ++i) put8(at + i, option::kNoOperation);
  return true;
}

void TcpEdit::flip_data_bit(std::size_t bit) {
  const std::size_t at = view_.payload_at() + bit / 8;
  put8(at, static_cast<std::uint8_t>(wire::u8(packet_, at) ^ 1U << bit % 8));
}

void TcpEdit::add(std::size_t at, std::uint32_t by) { put32(at, wire::u32(packet_, at) + by); }

void TcpEdit::put8(std::size_t at, std::uint8_t value) { put(at, std::array{std::byte{value}}); }

void TcpEdit::put16(std::size_t at, std::uint16_t value) {
  std::array<std::byte, 2> bytes{};
  wire::put16(bytes, 0, value);
  put(at, bytes);
}

void TcpEdit::put32(std::size_t at, std::uint32_t value) {
  std::array<std::byte, 4> bytes{};
  wire::put32(bytes, 0, value);
  put(at, bytes);
}

/// The word under the checksum that begins at `at`; behind the last byte stands a zero.
std::uint16_t TcpEdit::word_at(std::size_t at) const {
  if (at + 1 < view_.total_size()) return wire::u16(packet_, at);
  return static_cast<std::uint16_t>(wire::u8(packet_, at) << 8U);
}

/// Overwrites bytes of the segment other than the checksum, which follows word by word.
void TcpEdit::put(std::size_t at, Bytes bytes) {
  const std::size_t checksum_at = view_.tcp_at() + 16;
  std::uint16_t checksum = wire::u16(packet_, checksum_at);
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t word = at + i - (at + i - view_.tcp_at()) % 2;
    const std::uint16_t before = word_at(word);
    for (; i < bytes.size() && at + i < word + 2; ++i) packet_[at + i] = bytes[i];
    checksum = updated_checksum(checksum, before, word_at(word));
  }
  wire::put16(packet_, checksum_at, checksum);
}

std::size_t TcpEdit::offset_of(Bytes part) const {
  return static_cast<std::size_t>(part.data() - packet_.data());
}

void TcpEdit::spoil_checksum() {
  // What is wrong stays so: a second time would mend it.
  if (!has_right_checksum(view_, packet_)) return;
  const std::size_t at = view_.tcp_at() + 16;
  // One bit off is never the other form of zero (RFC 1071).
  wire::put16(packet_, at, wire::u16(packet_, at) ^ 1U);
}

void TcpEdit::complete_checksum() {
  wire::put16(packet_, view_.tcp_at() + 16, 0);
  wire::put16(packet_, view_.tcp_at() + 16, segment_checksum(view_, packet_));
}

}  // namespace latesyn
