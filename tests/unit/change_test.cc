// The impairments that change segments: what they change, and that nothing else is.

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "tests/unit/impair.hpp"

namespace latesyn::test {
namespace {

SegmentSpec syn(Family family) {
  SegmentSpec s = data_segment(family);
  s.ack = Seq{};
  s.flags = {.syn = true};
  s.syn_options = {.mss = std::uint16_t{1460}, .window_scale = std::uint8_t{7}};
  s.payload_size = 0;
  return s;
}

Departure changed(std::string_view impairment, Values values, const SegmentSpec& before) {
  values.try_emplace("checksum", "right");
  const Departures out = applied(*make(impairment, values), {.packet = build(before)});
  REQUIRE(out.size() == 1);
  CHECK(out[0].origin == Origin::original);
  return out[0];
}

std::uint16_t checksum_of(const Packet& packet) {
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  return tcp_checksum(view.from().address, view.to().address,
                      Bytes(packet.bytes).subspan(view.tcp_at()));
}

bool right(const Packet& packet) {
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  const bool ip = view.family() == Family::v6 ||
                  internet_checksum(Bytes(packet.bytes).first(view.tcp_at())) == 0;
  return ip && checksum_of(packet) == 0;
}

std::int64_t number(std::int64_t value) { return value; }

}  // namespace

TEST_CASE("rewrite adds to SEQ, ACK and timestamps, and touches nothing else") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec after = data_segment(family);
  after.seq = Seq{995};
  after.ack = Seq{2007};
  after.timestamps = Timestamps{400, 601};
  const Departure d = changed("rewrite",
                              {{"seq_by", number(-5)},
                               {"ack_by", number(7)},
                               {"timestamp_by", number(-100)},
                               {"echo_by", number(1)}},
                              data_segment(family));
  CHECK(d.packet == build(after));
  CHECK(d.changed);
}

TEST_CASE("rewrite sets SEQ, ACK and window") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec after = data_segment(family);
  after.seq = Seq{4294967295};
  after.ack = Seq{3};
  after.window = 0;
  CHECK(changed("rewrite", {{"seq", number(4294967295)}, {"ack", number(3)}, {"window", number(0)}},
                data_segment(family))
            .packet == build(after));
}

TEST_CASE("rewrite changes what a SYN offers") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec after = syn(family);
  after.syn_options = {.mss = std::uint16_t{536}, .window_scale = std::uint8_t{2}};
  CHECK(
      changed("rewrite", {{"mss", number(536)}, {"window_scale", number(2)}}, syn(family)).packet ==
      build(after));
}

TEST_CASE("rewrite gives no option to a segment that has none, and that is no change") {
  const Departure d = changed("rewrite", {{"mss", number(536)}}, data_segment(Family::v4));
  CHECK(d.packet == build(data_segment(Family::v4)));
  CHECK_FALSE(d.changed);
}

TEST_CASE("rewrite sets hop limit, DSCP and ECN, under right checksums") {
  const auto family = GENERATE(Family::v4, Family::v6);
  const Departure d =
      changed("rewrite", {{"ttl", number(3)}, {"dscp", number(46)}, {"ecn", number(3)}},
              data_segment(family));
  const auto view = std::get<TcpView>(TcpView::over(d.packet.bytes));
  CHECK(view.hop_limit() == 3);
  CHECK(view.traffic_class() == (46 << 2 | 3));
  CHECK(right(d.packet));
  CHECK(view.payload_size() == 10);
}

TEST_CASE("rewrite makes a checksum wrong where it is asked to, and changes nothing beside it") {
  const auto family = GENERATE(Family::v4, Family::v6);
  const Departure d = changed("rewrite", {{"checksum", "wrong"}}, data_segment(family));
  CHECK(checksum_of(d.packet) != 0);
  Packet mended = d.packet;
  TcpEdit::over(mended.bytes).complete_checksum();
  CHECK(mended == build(data_segment(family)));
}

TEST_CASE("rewrite says what it writes") {
  CHECK(make("rewrite", {{"window", number(0)}, {"seq_by", number(-1)}, {"checksum", "wrong"}})
            ->sentence() == "is rewritten: seq_by = -1, window = 0, a wrong checksum");
}

TEST_CASE("flags sets flags and clears others") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec after = data_segment(family);
  after.flags = {.fin = true, .ece = true, .cwr = true};
  const auto odd = make("flags", {{"set", 0xc1U}, {"clear", 0x10U}, {"checksum", "right"}});
  CHECK(changed("flags", {{"set", 0xc1U}, {"clear", 0x10U}}, data_segment(family)).packet ==
        build(after));
  CHECK(odd->sentence() == "leaves with FIN,ECE,CWR set and with ACK cleared");
  CHECK_FALSE(odd->effects().makes_syns);
}

TEST_CASE("strip puts no-operations in an option's place") {
  const auto family = GENERATE(Family::v4, Family::v6);
  const Departure d = changed("strip", {{"option", 8U}}, syn(family));
  const auto view = std::get<TcpView>(TcpView::over(d.packet.bytes));
  CHECK_FALSE(view.timestamps());
  CHECK(view.syn_options() == syn(family).syn_options);
  CHECK(d.packet.bytes.size() == build(syn(family)).bytes.size());
  CHECK(right(d.packet));
  CHECK(d.changed);
}

TEST_CASE("corrupt flips bits of the data, and only there") {
  const auto family = GENERATE(Family::v4, Family::v6);
  const Packet before = build(data_segment(family));
  const Departure d = changed("corrupt", {{"bits", 1U}}, data_segment(family));
  const auto at = std::get<TcpView>(TcpView::over(before.bytes)).payload_at();
  int flipped = 0;
  for (std::size_t i = at; i < before.bytes.size(); ++i) {
    flipped += std::popcount(std::to_integer<unsigned>(before.bytes[i] ^ d.packet.bytes[i]));
  }
  CHECK(flipped == 1);
  CHECK(right(d.packet));
  Packet mended = d.packet;
  std::copy(before.bytes.begin() + static_cast<std::ptrdiff_t>(at), before.bytes.end(),
            mended.bytes.begin() + static_cast<std::ptrdiff_t>(at));
  TcpEdit::over(mended.bytes).complete_checksum();
  CHECK(mended == before);
}

TEST_CASE("corrupt can leave the checksum wrong") {
  const Departure d =
      changed("corrupt", {{"bits", 1U}, {"checksum", "wrong"}}, data_segment(Family::v4));
  CHECK(checksum_of(d.packet) != 0);
}

TEST_CASE("truncate keeps the first bytes of the data") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec after = data_segment(family);
  after.payload_size = 4;
  const Departure cut = changed("truncate", {{"keep", 4U}}, data_segment(family));
  CHECK(cut.packet == build(after));
  CHECK(cut.changed);
  CHECK_FALSE(changed("truncate", {{"keep", 10U}}, data_segment(family)).changed);
}

}  // namespace latesyn::test
