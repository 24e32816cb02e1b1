#include "proxy/engine/intake.hpp"

#include <catch2/catch.hpp>

#include "proxy/engine/terms/shared_state.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

Packet packet(std::uint32_t seq, Flags flags, std::uint16_t port = 1) {
  SegmentSpec spec{.from = kClient, .to = kServer, .seq = Seq{seq}, .flags = flags};
  spec.from.port = port;
  return build(spec);
}
constexpr Flags kSyn{.syn = true};

class In {
 public:
  explicit In(std::string_view policy, std::size_t flows = 10)
      : flows_(flows), rules(policy_of(policy), 1, 10, 10), intake(flows_, numbering_, counters) {}

  std::optional<Intake::Taken> take(const Packet& packet, Duration at = {},
                                    bool checksum_pending = false) {
    return intake.take(Time(at), {packet.bytes, checksum_pending}, rules);
  }

 private:
  FlowTable flows_;
  SharedState numbering_;

 public:
  Counters counters;
  RuleSet rules;
  Intake intake;
};

constexpr std::string_view kPlain =
    "about = \"a\"\n[traffic]\nservers = [\"10.2.0.2:8080\"]\n[[rule]]\ndo = \"drop\"\n";

}  // namespace

TEST_CASE("what is no segment, not the policy's, or damaged on its way is counted and left alone") {
  In in(kPlain);
  CHECK_FALSE(in.take({{std::byte{0x45}}}));
  CHECK(std::ranges::count(in.counters.defects, 1U) == 1);
  SegmentSpec elsewhere{.from = kClient, .to = kServer, .seq = Seq{1}, .flags = kSyn};
  elsewhere.to.port = 9;
  CHECK_FALSE(in.take(build(elsewhere)));
  CHECK(in.counters.other_traffic == 1);
  Packet damaged = packet(100, kSyn);
  damaged.bytes.back() ^= std::byte{1};
  CHECK_FALSE(in.take(damaged));
  CHECK(in.counters.wrong_checksums == 1);
  // Whose checksum is the network card's to compute has none yet.
  CHECK(in.take(damaged, 0s, true));
}

TEST_CASE("a flow that finds no room is counted") {
  In in(kPlain, 1);
  CHECK(in.take(packet(100, kSyn, 1)));
  CHECK_FALSE(in.take(packet(100, kSyn, 2)));
  CHECK(in.counters.flows_full == 1);
}

TEST_CASE("a SYN beside a connection that may go on supersedes it") {
  In in(kPlain);
  const auto first = in.take(packet(100, kSyn));
  REQUIRE(first);
  CHECK_FALSE(first->supersedes);
  CHECK(first->segment.connection == 1);
  const Packet answer = build({.from = kServer,
                               .to = {kClient.address, 1},
                               .seq = Seq{300},
                               .ack = Seq{101},
                               .flags = {.syn = true, .ack = true}});
  const auto answered = in.take(answer);
  REQUIRE(answered);
  CHECK(answered->flow == first->flow);
  CHECK(answered->segment.from == Side::server);
  answered->flow->connection.delivered(answered->segment, Time(), true);
  const auto second = in.take(packet(90'000, kSyn));
  REQUIRE(second);
  CHECK(second->supersedes);
  CHECK(second->segment.connection == 2);
}

TEST_CASE("what lies behind a segment is known where a rule asks, and only there") {
  In in(std::string(kPlain) + "when = { after = { connection = \"1s\" } }\n");
  in.take(packet(100, kSyn), 1s);
  const auto data = in.take(packet(101, {.ack = true}), 3s);
  REQUIRE(data);
  CHECK(data->moments.began == Time(1s));
  CHECK(data->moments.heard == Time(1s));
  CHECK_FALSE(data->moments.completed);
  in.intake.completed(*data->flow, 1, Time(4s));
  CHECK(in.take(packet(101, {.ack = true}), 5s)->moments.completed == Time(4s));

  In plain(kPlain);
  plain.take(packet(100, kSyn), 1s);
  CHECK_FALSE(plain.take(packet(101, {.ack = true}), 3s)->moments.began);
}

TEST_CASE("where packets of ours may leave later, what the ends have said is followed") {
  In in(std::string(kPlain) + "[[rule]]\ndo = \"forge\"\nflags = \"RST\"\nafter = \"1s\"\n");
  CHECK(in.take(packet(100, kSyn))->flow->progress != nullptr);
  CHECK(In(kPlain).take(packet(100, kSyn))->flow->progress == nullptr);
}

}  // namespace latesyn::test
