// Whose handshake it is, and what of that the kernel takes over: relays, heirs and splices.

#include "proxy/engine/relays/relays.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

constexpr Flags kSyn{.syn = true}, kSynAck{.syn = true, .ack = true}, kAck{.ack = true},
    kFin{.fin = true, .ack = true};

/// The relays of one flow, of which both ends' segments are told.
class Shake {
 public:
  explicit Shake(HandshakeMode mode) { settings_.mode = mode; }

  /// What the relay made of a segment; none: no relay has it.
  std::optional<Treatment> tell(Side from, std::uint32_t seq, std::uint32_t ack, Flags flags) {
    now += 1ms;
    const auto [source, target] =
        from == Side::client ? std::pair(kClient, kServer) : std::pair(kServer, kClient);
    Packet packet =
        build({.from = source, .to = target, .seq = Seq{seq}, .ack = Seq{ack}, .flags = flags});
    const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
    const Segment segment = flow.connection.sent(view, from, shared_);
    relay = relays.of(flow, segment, settings_, {}, now, out);
    if (relay == nullptr) return std::nullopt;
    said.clear();
    const Treatment treatment = relays.cross(flow, *relay, segment, packet.bytes, now, said);
    flow.connection.delivered(segment, now, true);
    splices.follow(flow, *relay, segment, now, out);
    return treatment;
  }
  /// The three messages; server-first tells the server's number to the client.
  void join() {
    tell(Side::client, 100, 0, kSyn);
    tell(Side::server, 300, 101, kSynAck);
    tell(Side::client, 101, 301, kAck);
  }
  void close() {
    tell(Side::client, 101, 301, kFin);
    tell(Side::server, 301, 102, kFin);
  }
  /// How many of these the kernel was asked for since it was asked last.
  template <typename Wish>
  std::size_t wishes() {
    const auto is_wish = [](const Action& a) { return std::holds_alternative<Wish>(a); };
    const auto count = std::ranges::count_if(out, is_wish);
    std::erase_if(out, is_wish);
    return static_cast<std::size_t>(count);
  }

 private:
  SharedState shared_;
  RelayOptions settings_;
  FlowTable flows_{10};

 public:
  Counters counters;
  Splices splices{counters};
  Relays relays{flows_, splices, shared_, 1};
  Flow& flow = *flows_.make({kClient, kServer}, Time());
  FlowTable& flows = flows_;
  Relay* relay = nullptr;
  std::vector<Said> said;
  Actions out;
  Time now;
};

}  // namespace

TEST_CASE("a connection whose beginning was not seen, and one that the ends join, have no relay") {
  Shake ours(HandshakeMode::server_first);
  CHECK_FALSE(ours.tell(Side::client, 101, 301, kAck));
  Shake theirs(HandshakeMode::pass);
  CHECK_FALSE(theirs.tell(Side::client, 100, 0, kSyn));
}

TEST_CASE("the first SYN of a connection makes its relay, and its end makes room for another") {
  Shake shake(HandshakeMode::server_first);
  shake.join();
  const Relay* const first = shake.flow.relay.get();
  REQUIRE(first != nullptr);
  CHECK(first->stage() == Stage::joined);
  CHECK(shake.tell(Side::client, 101, 301, kAck) == Treatment::pass);
  CHECK(shake.relay == first);
  shake.close();
  shake.tell(Side::client, 9000, 0, kSyn);
  CHECK(shake.relay == shake.flow.relay.get());
  CHECK(shake.flow.relay->stage() == Stage::asking);
}

TEST_CASE("a relay whose SYN nobody answers is woken, asks again, and gives up") {
  Shake shake(HandshakeMode::client_first);
  shake.tell(Side::client, 100, 0, kSyn);
  CHECK(shake.said.size() == 1);  // the SYN-ACK in the server's place
  shake.tell(Side::client, 101, shake.flow.relay->join().server_seq, kAck);
  std::size_t woken = 0;
  while (const auto next = shake.relays.next()) {
    CHECK(*next > shake.now);
    shake.now = *next;
    const auto due = shake.relays.wake(shake.now);
    REQUIRE(due);
    CHECK(due->flow == &shake.flow);
    ++woken;
  }
  CHECK(woken == kRetransmissionsMax + 1);
}

TEST_CASE("a SYN on the ports of a joined connection has an heir until the server has decided") {
  Shake shake(HandshakeMode::server_first);
  shake.join();
  const Relay* const old = shake.flow.relay.get();
  shake.tell(Side::client, 50'000, 0, kSyn);
  REQUIRE(shake.flow.late->heir);
  CHECK(shake.flow.relay.get() == old);
  SECTION("what is of the old connection goes on through its relay") {
    shake.tell(Side::client, 101, 301, kAck);
    CHECK(shake.relay == old);
    CHECK(shake.flow.late->heir);
  }
  SECTION("a SYN-ACK puts the heir in its place") {
    shake.tell(Side::server, 7000, 50'001, kSynAck);
    CHECK_FALSE(shake.flow.late->heir);
    CHECK(shake.relay == shake.flow.relay.get());
    CHECK(shake.flow.relay->client_isn() == Seq{50'000});
  }
}

TEST_CASE("the kernel is asked for a flow with the SYN-ACK, and to forget it with the last FIN") {
  Shake shake(HandshakeMode::server_first);
  shake.splices.offer(true, shake.flows, shake.out);
  shake.tell(Side::client, 100, 0, kSyn);
  CHECK(shake.wishes<Splice>() == 0);
  shake.tell(Side::server, 300, 101, kSynAck);
  CHECK(shake.wishes<Splice>() == 1);
  shake.tell(Side::client, 101, 301, kAck);
  CHECK(shake.flow.handover == Handover::bypassed);
  shake.tell(Side::client, 101, 301, kFin);
  CHECK(shake.wishes<Unsplice>() == 0);
  shake.tell(Side::server, 301, 102, kFin);
  CHECK(shake.wishes<Unsplice>() == 1);
  // The end of an entry is fixed: the kernel would refuse to change it.
  shake.tell(Side::server, 301, 102, kFin);
  CHECK(shake.wishes<Unsplice>() == 0);
  CHECK(shake.counters.spliced == 1);
}

TEST_CASE("while a SYN claims the ports of a flow, its segments come to us") {
  Shake shake(HandshakeMode::server_first);
  shake.splices.offer(true, shake.flows, shake.out);
  shake.join();
  shake.wishes<Bypass>();
  shake.tell(Side::client, 50'000, 0, kSyn);
  CHECK(shake.wishes<Bypass>() == 1);
  CHECK(shake.flow.handover == Handover::answering);
}

TEST_CASE(
    "what the kernel was made to forget is counted once, and what it may not do is taken back") {
  Shake shake(HandshakeMode::server_first);
  shake.splices.offer(true, shake.flows, shake.out);
  shake.join();
  SECTION("made to forget") {
    shake.splices.came_back(shake.flow);
    shake.splices.came_back(shake.flow);
    CHECK(shake.counters.unspliced == 1);
  }
  SECTION("not offered any more") {
    shake.splices.offer(false, shake.flows, shake.out);
    CHECK(shake.wishes<Unsplice>() == 1);
    CHECK_FALSE(shake.splices.offered());
  }
  CHECK(shake.flow.handover == Handover::over);
}

}  // namespace latesyn::test
