// Everything that waits has a bound, in packets and in bytes, and one connection can't take the
// room or the time of all.

#include <catch2/catch.hpp>

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

/// An engine that is told of packets a microsecond apart.
class Bounded {
 public:
  Bounded(std::string_view rule, const Limits& limits) : engine_(with_rule(rule), 1, limits) {}

  Verdict tell(const SegmentSpec& spec, bool kept_by_kernel = false) {
    const Packet packet = build(spec);
    now_ += std::chrono::microseconds(1);
    out_.clear();
    return engine_.on_packet(
        now_,
        {.bytes = packet.bytes,
         .queue_id = kept_by_kernel ? std::optional<std::uint32_t>(++queue_id_) : std::nullopt},
        out_);
  }
  /// Everything that wakes at once has left.
  std::size_t departures_by(Duration after) {
    out_.clear();
    now_ += after;
    engine_.on_time(now_, out_);
    return static_cast<std::size_t>(std::ranges::count_if(
        out_, [](const Action& action) { return std::holds_alternative<Transmit>(action); }));
  }
  const Engine& engine() const { return engine_; }
  const Counters& counters() const { return engine_.counters(); }
  void release() { engine_.obey(now_, Release{ForHand{}}, out_); }

 private:
  Engine engine_;
  Time now_;
  std::uint32_t queue_id_ = 0;
  Actions out_;
};

SegmentSpec syn(std::uint32_t isn) {
  return {.from = kClient, .to = kServer, .seq = Seq{isn}, .flags = {.syn = true}};
}
/// A listener's refusal, which closes the connection that the SYN began.
SegmentSpec refusal(std::uint32_t isn) {
  return {.from = kServer, .to = kClient, .ack = Seq{isn + 1}, .flags = {.rst = true, .ack = true}};
}
SegmentSpec data(std::uint32_t size) {
  return {.from = kClient,
          .to = kServer,
          .seq = Seq{1},
          .ack = Seq{1},
          .flags = {.ack = true},
          .payload_size = size};
}

constexpr std::string_view kCopiesByHand =
    "do = \"replay\"\nonce = \"released\"\nwhen = {segment = \"syn\"}\n";

}  // namespace

// Each RST closes a connection. Were all that sleep looked at for each, there would be ten billion
// looks.
TEST_CASE("SYNs that wait on one 4-tuple cost nothing when its connections close") {
  constexpr std::uint32_t kAsleep = 200'000, kClosed = 50'000;
  Bounded bounded(kCopiesByHand, {.asleep_of_flow = kAsleep + kClosed});
  std::uint32_t isn = 0;
  for (; isn < kAsleep; ++isn) bounded.tell(syn(isn));
  CHECK(bounded.engine().waiting() == kAsleep);
  for (; isn < kAsleep + kClosed; ++isn) {
    bounded.tell(syn(isn));
    bounded.tell(refusal(isn));
  }
  CHECK(bounded.engine().waiting() == kAsleep + kClosed);
  bounded.release();
  CHECK(bounded.departures_by({}) == kAsleep + kClosed);
}

TEST_CASE("beyond so many that sleep a connection's segments pass, and those of others do not") {
  Bounded bounded("do = \"hold\"\nuntil = \"closed\"\n", {.asleep_of_flow = 2});
  CHECK(bounded.tell(syn(1)) == Verdict::drop);
  CHECK(bounded.tell(syn(1)) == Verdict::drop);
  CHECK(bounded.tell(syn(1)) == Verdict::accept);
  SegmentSpec other = syn(1);
  ++other.from.port;
  CHECK(bounded.tell(other) == Verdict::drop);
  CHECK(bounded.engine().waiting() == 3);
  CHECK(bounded.counters().asleep_of_flow_full == 1);
}

TEST_CASE("what waits is bounded in bytes: past that it passes, and there is room again later") {
  Bounded bounded("do = \"delay\"\nby = \"1s\"\n", {.waiting_bytes = 5'000});
  for (int i = 0; i < 3; ++i) CHECK(bounded.tell(data(1'400)) == Verdict::drop);
  CHECK(bounded.tell(data(1'400)) == Verdict::accept);
  CHECK(bounded.tell(data(400)) == Verdict::drop);
  CHECK(bounded.counters().waiting_bytes_full == 1);
  CHECK(bounded.departures_by(std::chrono::seconds(2)) == 4);
  CHECK(bounded.tell(data(1'400)) == Verdict::drop);
}

TEST_CASE("copies that leave at once need no room, and those that wait each their own") {
  Bounded bounded("do = \"replay\"\nonce = \"arrived\"\nafter = \"1s\"\ncount = 3\n",
                  {.waiting_bytes = 5'000});
  CHECK(bounded.tell(data(1'400)) == Verdict::drop);
  CHECK(bounded.engine().waiting() == 3);
  CHECK(bounded.tell(data(1'400)) == Verdict::accept);
}

TEST_CASE("what the kernel keeps for us counts as what we keep") {
  Bounded bounded("do = \"delay\"\nby = \"1s\"\n", {.waiting_bytes = 5'000});
  for (int i = 0; i < 3; ++i) CHECK(bounded.tell(data(1'400), true) == Verdict::park);
  CHECK(bounded.tell(data(1'400), true) == Verdict::accept);
  CHECK(bounded.counters().waiting_bytes_full == 1);
}

TEST_CASE("a flood of SYNs that nobody answers keeps no new connection from the policy") {
  Bounded bounded("do = \"drop\"\nwhen = {segment = \"syn\", connection = 5000}\n", {.flows = 100});
  SegmentSpec flood = syn(1);
  for (std::uint16_t port = 1; port < 5000; ++port) {
    flood.from.port = port;
    CHECK(bounded.tell(flood) == Verdict::accept);
  }
  CHECK(bounded.tell(syn(1)) == Verdict::drop);
  CHECK(bounded.counters().flows_evicted == 4900);
  CHECK(bounded.counters().flows_full == 0);
}

}  // namespace latesyn::test
