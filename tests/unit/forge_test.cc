// What forge and icmp make of a segment, and for whom.

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/wire.hpp"
#include "tests/unit/impair.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

Departures apply(std::string_view name, Values values, const Packet& packet) {
  for (const auto& [key, value] : Values{{"to", "receiver"},
                                         {"flags", std::uint32_t{0x04}},
                                         {"timestamps", "valid"},
                                         {"original", "passes"},
                                         {"once", "arrived"},
                                         {"after", Duration{}}}) {
    values.try_emplace(key, value);
  }
  return applied(*make(name, std::move(values)), {.packet = packet});
}

/// What is forged for a segment that goes on.
Packet forged(Values values, const SegmentSpec& cause) {
  const Departures out = apply("forge", std::move(values), build(cause));
  REQUIRE(out.size() == 2);
  CHECK(text(out[0], build(cause)) == "original to server once arrived after 0s");
  CHECK(out[1].origin == Origin::forged);
  return out[1].packet;
}

SegmentSpec in_client_name(Family family, std::uint32_t seq, Flags flags) {
  SegmentSpec s = data_segment(family);
  s.seq = Seq{seq};
  s.flags = flags;
  if (!flags.ack) s.ack = Seq{};
  s.payload_size = 0;
  return s;
}

std::int64_t number(std::int64_t value) { return value; }
constexpr std::uint32_t kSyn = 0x02, kRst = 0x04, kAck = 0x10;

/// Type and code of an error, the word behind its checksum, and whether all its checksums are
/// right.
struct Error {
  unsigned type = 0, code = 0;
  std::uint32_t word = 0;
  bool right = false;
  bool operator==(const Error&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Error& e) {
  return out << e.type << "/" << e.code << " " << e.word << (e.right ? "" : " wrong");
}

/// Whether the message's checksum is, in IPv6 with the pseudo-header (RFC 8200 section 8.1).
bool right(Bytes packet, Family family) {
  if (family == Family::v4) {
    return internet_checksum(packet.first(20)) == 0 && internet_checksum(packet.subspan(20)) == 0;
  }
  std::vector<std::byte> covered(packet.begin() + 8, packet.end());  // both addresses, message
  covered.resize(covered.size() + 8 + covered.size() % 2);
  const std::size_t at = covered.size() - 8;
  wire::put32(covered, at, static_cast<std::uint32_t>(packet.size() - 40));
  wire::put8(covered, at + 7, 58);
  return internet_checksum(covered) == 0;
}

Error error(const std::string& name, Family family, Values values = {}) {
  values.emplace("error", name);
  const Departures out = apply("icmp", std::move(values), build(data_segment(family)));
  REQUIRE(out.size() == 2);
  CHECK(out[1].icmp.has_value());
  CHECK(out[1].to == Side::client);
  const Bytes bytes(out[1].packet.bytes);
  const Bytes message = bytes.subspan(family == Family::v4 ? 20 : 40);
  return {wire::u8(message, 0), wire::u8(message, 1), wire::u32(message, 4), right(bytes, family)};
}

}  // namespace

TEST_CASE("forge makes the RST that a receiver believes, behind what it has just got") {
  const auto family = GENERATE(Family::v4, Family::v6);
  CHECK(forged({}, data_segment(family)) == build(in_client_name(family, 1010, {.rst = true})));
}

TEST_CASE("forge places a RST inside the window, or outside (RFC 5961 section 3.2)") {
  const auto family = GENERATE(Family::v4, Family::v6);
  CHECK(forged({{"seq_by", number(100)}}, data_segment(family)) ==
        build(in_client_name(family, 1110, {.rst = true})));
  CHECK(forged({{"seq_by", number(-2000)}}, data_segment(family)) ==
        build(in_client_name(family, 0U - 990U, {.rst = true})));
}

TEST_CASE("forge takes the place of a segment that is dropped") {
  const auto family = GENERATE(Family::v4, Family::v6);
  const Departures out = apply("forge", {{"original", "dropped"}}, build(data_segment(family)));
  REQUIRE(out.size() == 1);
  CHECK(out[0].packet == build(in_client_name(family, 1000, {.rst = true})));
}

TEST_CASE("forge acknowledges a SYN-ACK in the client's place, with timestamps that Linux takes") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec syn_ack = data_segment(family);
  std::swap(syn_ack.from, syn_ack.to);
  syn_ack.flags = {.syn = true, .ack = true};
  syn_ack.payload_size = 0;
  SegmentSpec third = in_client_name(family, 2000, {.ack = true});
  third.ack = Seq{1001};
  third.timestamps = Timestamps{600, 500};
  CHECK(forged({{"to", "sender"}, {"flags", kAck}}, syn_ack) == build(third));
}

TEST_CASE("forge makes a SYN beside another, from another port") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec syn = in_client_name(family, 100, {.syn = true});
  SegmentSpec old = in_client_name(family, 90, {.syn = true});
  old.from.port = 9999;
  CHECK(forged({{"flags", kSyn}, {"seq_by", number(-10)}, {"from_port", number(9999)}}, syn) ==
        build(old));
  CHECK(make("forge",
             {{"flags", kSyn}, {"original", "passes"}, {"once", "arrived"}, {"after", Duration{}}})
            ->effects()
            .makes_syns);
}

TEST_CASE("forge carries a window, data and no timestamps where it is told to") {
  const auto family = GENERATE(Family::v4, Family::v6);
  SegmentSpec probe = in_client_name(family, 1010, {.ack = true});
  probe.ack = Seq{1995};
  probe.window = 0;
  probe.payload_size = 7;
  probe.timestamps.reset();
  CHECK(forged({{"flags", kAck},
                {"ack_by", number(-5)},
                {"window", number(0)},
                {"payload", number(7)},
                {"timestamps", "none"}},
               data_segment(family)) == build(probe));
}

TEST_CASE("forge adds to a delay that is there, and waits for its trigger") {
  const auto late =
      apply("forge", {{"once", "closed"}, {"after", 2s}}, build(data_segment(Family::v4)));
  REQUIRE(late.size() == 2);
  CHECK(late[1].once == Trigger::closed);
  CHECK(late[1].after == 2s);
  const auto forge = make("forge", {{"to", "sender"},
                                    {"flags", kRst},
                                    {"original", "dropped"},
                                    {"once", "closed"},
                                    {"after", 2s}});
  CHECK(forge->effects().waits_for == Trigger::closed);
  CHECK(forge->sentence() ==
        "is dropped, and 2s after its connection is closed its sender gets a forged RST");
}

TEST_CASE("icmp says each error as RFC 792 numbers it") {
  using Errors = std::vector<Error>;
  Errors said;
  for (const auto& name : kUnreachableNames) said.push_back(error(std::string(name), Family::v4));
  CHECK(said == Errors{{3, 0, 0, true},
                       {3, 1, 0, true},
                       {3, 3, 0, true},
                       {3, 13, 0, true},
                       {3, 2, 0, true},
                       {3, 9, 0, true},
                       {3, 10, 0, true},
                       {3, 4, 1280, true},
                       {11, 0, 0, true}});
}

TEST_CASE("icmp says the nearest that IPv6 has (RFC 4443)") {
  using Errors = std::vector<Error>;
  Errors said;
  for (const auto& name : kUnreachableNames) said.push_back(error(std::string(name), Family::v6));
  CHECK(said == Errors{{1, 0, 0, true},
                       {1, 3, 0, true},
                       {1, 4, 0, true},
                       {1, 1, 0, true},
                       {4, 1, 6, true},
                       {1, 1, 0, true},
                       {1, 1, 0, true},
                       {2, 0, 1280, true},
                       {3, 0, 0, true}});
}

TEST_CASE("icmp names the MTU that a packet was too big for, and has none otherwise") {
  CHECK(error("fragmentation-needed", Family::v4, {{"mtu", number(1400)}}) ==
        Error{3, 4, 1400, true});
  CHECK_THROWS_AS(error("host-unreachable", Family::v4, {{"mtu", number(1400)}}), BadParameter);
}

}  // namespace latesyn::test
