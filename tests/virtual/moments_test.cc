// Rules that ask how long ago something was: the conditions `after` and `before`.

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

/// One after the other, as a sum's terms need not be evaluated.
std::string in_order(std::initializer_list<std::string> fates) {
  std::string all;
  for (const std::string& fate : fates) all += fate;
  return all;
}

/// One connection under a policy whose only rule drops, in either family.
class Dropping {
 public:
  explicit Dropping(const std::string& when, Family family = Family::v4)
      : client_{address(family, "10.1.0.2", "fd00:1::2"), 40000},
        server_{address(family, "10.2.0.2", "fd00:2::2"), 8080},
        engine_(policy_for(when), 1) {}

  static Policy policy_for(const std::string& when) {
    return with_rule("do = \"drop\"\nwhen = { " + when + " }");
  }
  void use(Duration at, const std::string& when) { engine_.use(Time(at), policy_for(when), out_); }

  /// Each returns "." where the segment passes and "x" where it is dropped.
  std::string syn(Duration at, std::uint32_t isn = 100) {
    return sent(at, {.from = client_, .to = server_, .seq = Seq{isn}, .flags = {.syn = true}});
  }
  std::string syn_ack(Duration at, std::uint32_t isn = 100) {
    return sent(at, {.from = server_,
                     .to = client_,
                     .seq = Seq{isn + 200},
                     .ack = Seq{isn + 1},
                     .flags = {.syn = true, .ack = true}});
  }
  std::string ack(Duration at) { return from_client(at, 101, 0); }
  /// The n-th ten bytes of data.
  std::string data(Duration at, std::uint32_t n) { return from_client(at, 91 + 10 * n, 10); }
  std::string answer(Duration at) {
    return sent(
        at,
        {.from = server_, .to = client_, .seq = Seq{301}, .ack = Seq{111}, .flags = {.ack = true}});
  }
  /// A handshake, its three segments a second apart.
  std::string handshake(Duration at) { return in_order({syn(at), syn_ack(at + 1s), ack(at + 2s)}); }

 private:
  static IpAddress address(Family family, const char* v4, const char* v6) {
    return *IpAddress::parse(family == Family::v4 ? v4 : v6);
  }
  std::string from_client(Duration at, std::uint32_t seq, std::uint32_t size) {
    return sent(at, {.from = client_,
                     .to = server_,
                     .seq = Seq{seq},
                     .ack = Seq{301},
                     .flags = {.ack = true},
                     .payload_size = size});
  }
  std::string sent(Duration at, const SegmentSpec& spec) {
    const Packet packet = build(spec);
    const bool passes =
        engine_.on_packet(Time(at), {.bytes = packet.bytes}, out_) == Verdict::accept;
    return passes ? "." : "x";
  }

  Endpoint client_, server_;
  Engine engine_;
  Actions out_;
};

}  // namespace

TEST_CASE("a rule holds from a time after the start on, and before another") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Dropping world("after = \"10s\", before = { start = \"20s\" }", family);
  CHECK(in_order({world.handshake(0s), world.data(9999ms, 1)}) == "....");
  CHECK(in_order({world.data(10s, 2), world.data(19'999ms, 3)}) == "xx");
  CHECK(world.data(20s, 4) == ".");
}

TEST_CASE("after a reload the start is still the run's") {
  Dropping world("segment = \"rst\"");
  CHECK(world.handshake(0s) == "...");
  world.use(8s, "after = \"10s\"");
  CHECK(in_order({world.data(9s, 1), world.data(10s, 2)}) == ".x");
}

TEST_CASE("a connection begins with its client's first SYN, also where that comes again") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Dropping world("after = { connection = \"3s\" }", family);
  CHECK(in_order({world.syn(50s), world.syn(51s), world.syn(53s)}) == "..x");
  // The next one on the same ports has a beginning of its own.
  CHECK(in_order({world.syn(60s, 5000), world.syn_ack(62s, 5000), world.syn_ack(63s, 5000)}) ==
        "..x");
}

TEST_CASE("less than so long after its beginning counts the first SYN in") {
  Dropping world("before = { connection = \"3s\" }");
  CHECK(in_order({world.syn(50s), world.syn(52s), world.syn(53s)}) == "xx.");
}

TEST_CASE("a handshake is complete when the client's ACK has arrived, and nothing holds before") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Dropping after("after = { handshake = \"2s\" }", family);
  CHECK(after.handshake(10s) == "...");
  CHECK(in_order({after.data(13'999ms, 1), after.data(14s, 2)}) == ".x");
  Dropping before("before = { handshake = \"2s\" }", family);
  CHECK(before.handshake(10s) == "...");
  CHECK(in_order({before.data(13'999ms, 1), before.data(14s, 2)}) == "x.");
}

TEST_CASE("a connection is idle since its last segment in either direction") {
  const auto family = GENERATE(Family::v4, Family::v6);
  Dropping world("segment = \"data\", after = { idle = \"30s\" }", family);
  CHECK(world.handshake(0s) == "...");
  CHECK(world.data(32s, 1) == "x");
  // Its retransmission is not the first after the silence.
  CHECK(in_order({world.data(33s, 1), world.answer(50s), world.data(79s, 2)}) == "...");
  CHECK(world.data(109s, 3) == "x");
}

TEST_CASE("a connection's first segment comes after none") {
  Dropping world("after = { idle = \"1s\" }");
  CHECK(in_order({world.syn(5s), world.syn(6s)}) == ".x");
  CHECK(world.syn(10s, 5000) == ".");
  Dropping busy("before = { idle = \"1s\" }");
  CHECK(in_order({busy.syn(5s), busy.syn(5500ms), busy.syn(7s)}) == ".x.");
}

TEST_CASE("what began before a rule asked has no known beginning, and its next one has") {
  Dropping world("segment = \"rst\"");
  CHECK(world.handshake(0s) == "...");
  world.use(5s, "after = { connection = \"1s\" }");
  CHECK(in_order({world.data(6s, 1), world.syn(7s)}) == "..");
  CHECK(in_order({world.syn(8s, 5000), world.syn(9s, 5000)}) == ".x");
}

TEST_CASE("ages that several conditions name hold together") {
  Dropping world(
      "segment = \"data\", after = { start = \"5s\", handshake = \"1s\" }, "
      "before = { connection = \"10s\" }");
  CHECK(world.handshake(0s) == "...");
  CHECK(in_order({world.data(4s, 1), world.data(5s, 2), world.data(9s, 3), world.data(10s, 4)}) ==
        ".xx.");
}

}  // namespace latesyn::test
