// What becomes of a checksum under a change: right stays right, and wrong stays wrong.

#include "proxy/packet/tcp_edit.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/segment_checksum.hpp"
#include "proxy/values/rng.hpp"
#include "tests/unit/impair.hpp"

namespace latesyn::test {
namespace {

/// Every change that there is, some at odd places, with numbers that chance picks.
constexpr std::array<void (*)(TcpEdit&, Rng&), 12> kEdits{
    [](TcpEdit& e, Rng& r) { e.shift_seq(static_cast<std::uint32_t>(r())); },
    [](TcpEdit& e, Rng& r) { e.shift_ack(static_cast<std::uint32_t>(r())); },
    [](TcpEdit& e, Rng& r) { e.shift_timestamps(static_cast<std::uint32_t>(r()), 9); },
    [](TcpEdit& e, Rng& r) { e.set_seq(Seq{static_cast<std::uint32_t>(r())}); },
    [](TcpEdit& e, Rng& r) { e.set_ack(Seq{static_cast<std::uint32_t>(r())}); },
    [](TcpEdit& e, Rng& r) { e.set_window(static_cast<std::uint16_t>(r())); },
    [](TcpEdit& e, Rng& r) { e.change_flags(static_cast<std::uint8_t>(r() | 16U), 3); },
    [](TcpEdit& e, Rng& r) { e.set_mss(static_cast<std::uint16_t>(r())); },
    [](TcpEdit& e, Rng& r) { e.set_window_scale(static_cast<std::uint8_t>(r())); },
    [](TcpEdit& e, Rng&) { e.set_hop_limit(3); },
    [](TcpEdit& e, Rng& r) { e.flip_data_bit(r() % (8 * 11)); },
    [](TcpEdit& e, Rng&) { e.blank_option(option::kWindowScale); }};

/// A segment with all the options that can be changed, and data of an odd length.
Packet segment(Family family) {
  SegmentSpec spec = data_segment(family);
  spec.flags = {.syn = true, .ack = true};
  spec.syn_options = {.mss = std::uint16_t{1460}, .window_scale = std::uint8_t{7}};
  spec.payload_size = 11;
  return build(spec);
}

}  // namespace

TEST_CASE("a checksum follows every change: right stays right, and wrong stays wrong") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Rng rng{1};
  Packet right = segment(family), wrong = right;
  wrong.bytes.back() ^= std::byte{0x40};
  for (int i = 0; i < 20'000; ++i) {
    const auto edit = kEdits.at(rng() % kEdits.size());
    Rng same = rng;
    TcpEdit to_right = TcpEdit::over(right.bytes), to_wrong = TcpEdit::over(wrong.bytes);
    edit(to_right, rng);
    edit(to_wrong, same);
    REQUIRE(has_right_checksum(right.bytes));
    REQUIRE_FALSE(has_right_checksum(wrong.bytes));
  }
}

TEST_CASE("what follows is the checksum that would be computed afresh") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Packet packet = segment(family);
  TcpEdit::over(packet.bytes).shift_seq(0xfedc'ba98);
  Packet afresh = packet;
  TcpEdit::over(afresh.bytes).complete_checksum();
  CHECK(packet == afresh);
}

TEST_CASE("data that are cut off take no wrong checksum with them") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Packet right = segment(family), wrong = right;
  wrong.bytes.back() ^= std::byte{1};
  cut_payload(right, 4);
  cut_payload(wrong, 4);
  CHECK(has_right_checksum(right.bytes));
  CHECK_FALSE(has_right_checksum(wrong.bytes));
}

TEST_CASE("a checksum that is spoiled twice is wrong") {
  Packet packet = segment(Family::v4);
  TcpEdit edit = TcpEdit::over(packet.bytes);
  edit.spoil_checksum();
  edit.spoil_checksum();
  CHECK_FALSE(has_right_checksum(packet.bytes));
}

}  // namespace latesyn::test
