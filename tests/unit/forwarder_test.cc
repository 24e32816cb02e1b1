// What leaves a turn, in which order: a device that writes down what it is told stands in for the
// kernel.

#include "proxy/queue/forwarder.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <deque>

#include "proxy/packet/icmp.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr Time at(Duration time) { return Time(time); }

class WrittenDevice final : public Device {
 public:
  /// It came to the queue as number `number`.
  void arrive(std::uint32_t number, Packet packet, std::uint32_t mark = 0) {
    packets_.push_back(std::move(packet));
    queued_.push_back({{number, Hook{}.queue}, packets_.back().bytes, false, false, mark});
  }
  Lines take() { return std::exchange(lines_, {}); }
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    lines_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  bool stuck = false;
  std::vector<Packet> too_long;

  std::span<const QueuedPacket> receive(std::size_t max) override {
    received_.clear();
    while (!queued_.empty() && received_.size() < max) {
      received_.push_back(queued_.front());
      queued_.pop_front();
    }
    return received_;
  }
  bool holds_packets() const override { return false; }
  void drop(PacketId id) override { keep("drop {}", id.number); }
  void accept(PacketId id, PacketMark mark) override { keep("accept {}{}", id.number, text(mark)); }
  void replace(PacketId id, Bytes bytes, PacketMark mark) override {
    keep("replace {} by {} bytes{}", id.number, bytes.size(), text(mark));
  }
  Bytes send(Packet packet) override {
    const auto view = TcpView::over(packet.bytes);
    const auto* segment = std::get_if<TcpView>(&view);
    keep("send {}", segment ? segment->flags().text() : "ICMP");
    sent_.push_back(std::move(packet));
    return sent_.back().bytes;
  }
  void wish(const Wish&) override { keep("wish"); }
  void flush() override {
    if (std::exchange(handed_over_, true)) return;
    say("flush");
  }
  bool is_stuck() const override { return stuck; }
  std::vector<Packet> replace_too_long(Time) override { return std::exchange(too_long, {}); }
  bool sees_acks() const override { return sees_acks_; }
  void bind_acks() override {
    if (!sees_acks_) say("bind acks");
    sees_acks_ = true;
  }
  void close_acks() override {
    say("close acks");
    sees_acks_ = false;
  }
  void unbind_acks() override { say("unbind acks"); }

 private:
  /// What a flush() is for.
  template <class... Args>
  void keep(fmt::format_string<Args...> format, Args&&... args) {
    say(format, std::forward<Args>(args)...);
    handed_over_ = false;
  }
  static std::string text(PacketMark mark) { return mark ? fmt::format(" mark {:#x}", *mark) : ""; }

  std::deque<Packet> packets_;  // whose bytes stay
  std::deque<QueuedPacket> queued_;
  std::vector<QueuedPacket> received_;
  std::deque<Packet> sent_;
  Lines lines_;
  bool handed_over_ = true;
  bool sees_acks_ = false;
};

/// Connection `number` has its own client's port, far enough from the others'.
Packet from_client(Flags flags, std::uint32_t seq, std::uint16_t number = 0) {
  Endpoint client = kClient;
  client.port = static_cast<std::uint16_t>(client.port + number);
  return build({client, kServer, Seq{seq}, flags.ack ? Seq{301} : Seq{}, flags});
}

Packet refusal() { return build({kServer, kClient, Seq{}, Seq{101}, {.rst = true, .ack = true}}); }

constexpr Flags kSyn{.syn = true}, kAck{.ack = true}, kFin{.fin = true, .ack = true};

struct Bench {
  explicit Bench(std::string_view rules, const ForwarderOptions& options = {})
      : engine(policy_of("about = \"a\"\n" + std::string(rules)), 1),
        forwarder(engine, device, options) {}

  Lines turn(Duration now) {
    forwarder.turn(at(now));
    return device.take();
  }

  Engine engine;
  WrittenDevice device;
  Forwarder forwarder;
};

constexpr Stand kKeepsNothing = [] {
  Stand stand = kRouter;
  stand.can_park = false;
  return stand;
}();
constexpr std::string_view kDelayFins =
    "[[rule]]\ndo = \"delay\"\nby = \"10ms\"\nwhen = {segment = \"fin\"}\n";
constexpr std::string_view kDuplicateFins =
    "[[rule]]\ndo = \"duplicate\"\nwhen = {segment = \"fin\"}\n";

}  // namespace

TEST_CASE("what was decided in a turn is handed over at its end, in one go") {
  Bench b("[[rule]]\ndo = \"drop\"\nwhen = {segment = \"fin\"}\n");
  b.device.arrive(1, from_client(kSyn, 100));
  b.device.arrive(2, from_client(kSyn, 100, 1));
  b.device.arrive(3, from_client(kFin, 101));
  CHECK(b.turn(1ms) == Lines{"accept 1", "accept 2", "drop 3", "flush"});
  CHECK(b.turn(2ms).empty());
}

TEST_CASE("what we send overtakes nothing of its flow that passes, and waits for no other flow") {
  Bench b(kDuplicateFins);
  b.device.arrive(1, from_client(kAck, 101));
  b.device.arrive(2, from_client(kFin, 101));
  b.device.arrive(3, from_client(kFin, 101, 1));
  CHECK(b.turn(1ms) == Lines{"accept 1", "flush", "send FIN,ACK", "send FIN,ACK", "drop 2",
                             "send FIN,ACK", "send FIN,ACK", "drop 3", "flush"});
}

TEST_CASE("what is due leaves before what has come in") {
  Bench b(kDelayFins);
  b.device.arrive(1, from_client(kFin, 101));
  CHECK(b.turn(1ms) == Lines{"bind acks"});  // parked: no verdict yet
  CHECK(b.forwarder.next_alarm(at(1ms)) == at(11ms));
  b.device.arrive(2, from_client(kAck, 101, 1));
  CHECK(b.turn(11ms) == Lines{"accept 1", "flush", "accept 2", "flush"});
  CHECK_FALSE(b.forwarder.next_alarm(at(11ms)));
}

TEST_CASE("where it stands so that no verdict may wait, what leaves later is sent by us") {
  Bench b(kDelayFins, {.hook = {.stand = kKeepsNothing}});
  b.device.arrive(1, from_client(kFin, 101));
  CHECK(b.turn(1ms) == Lines{"bind acks", "drop 1", "flush"});
  b.forwarder.on_alarm(at(11ms));
  CHECK(b.device.take() == Lines{"send FIN,ACK", "flush"});
}

TEST_CASE("while the queue moves nothing is queued twice: verdicts carry the mark of our own") {
  const std::string own = fmt::format(" mark {:#x}", Hook{}.mark);
  Bench b(kDelayFins);
  b.device.arrive(7, from_client(kFin, 101));
  CHECK(b.turn(1ms) == Lines{"bind acks"});
  b.forwarder.begin_move();
  b.device.arrive(8, from_client(kAck, 101, 1));
  CHECK(b.turn(2ms) == Lines{"accept 8" + own, "flush"});
  b.forwarder.end_move();
  b.device.arrive(9, from_client(kAck, 101, 1));  // was in the queue before
  CHECK(b.turn(3ms) == Lines{"accept 9" + own, "flush"});
  b.device.arrive(10, from_client(kAck, 101, 1));
  b.device.arrive(11, from_client(kFin, 101, 2));
  CHECK(b.turn(4ms) == Lines{"accept 10", "flush"});
  // 7 waits since before the move, 11 since after it.
  CHECK(b.turn(20ms) == Lines{"accept 7" + own, "accept 11", "flush"});
}

TEST_CASE("a mark that was for us is taken off, and others' stay") {
  Bench b(kDuplicateFins);
  b.device.arrive(1, from_client(kSyn, 100), Hook::kTranslated | 0x7U);
  b.device.arrive(2, from_client(kSyn, 100, 1), 0x7U);
  CHECK(b.turn(1ms) == Lines{"accept 1 mark 0x7", "accept 2", "flush"});
}

TEST_CASE("plain ACKs are seen while something may be late, and a moment longer") {
  Bench b("[[rule]]\ndo = \"hold\"\nuntil = \"released\"\nwhen = {segment = \"syn\", copy = 1}\n");
  b.device.arrive(1, from_client(kSyn, 100));
  CHECK(b.turn(1ms) == Lines{"bind acks"});
  b.forwarder.apply(
      at(2ms), [](Engine& e, Time now, Actions& out) { e.obey(now, Release{ForHand{}}, out); });
  b.forwarder.on_alarm(at(2ms));
  CHECK(b.device.take() == Lines{"accept 1", "flush"});
  b.device.arrive(2, refusal());
  CHECK(b.turn(3ms) == Lines{"accept 2", "flush"});
  b.device.arrive(3, from_client(kAck, 101));
  // Those that are there have their verdicts before the queue is given up.
  CHECK(b.turn(4ms + Forwarder::kAcksLinger) ==
        Lines{"close acks", "accept 3", "flush", "unbind acks"});
}

TEST_CASE("what the kernel keeps is dropped when it is discarded") {
  Bench b("[[rule]]\ndo = \"hold\"\nuntil = \"released\"\nwhen = {segment = \"syn\", copy = 1}\n");
  b.device.arrive(1, from_client(kSyn, 100));
  CHECK(b.turn(1ms) == Lines{"bind acks"});
  b.forwarder.apply(
      at(2ms), [](Engine& e, Time now, Actions& out) { e.obey(now, Discard{Everything{}}, out); });
  CHECK(b.device.take() == Lines{"drop 1", "flush"});
}

TEST_CASE("what finds no room is tried again a millisecond later") {
  Bench b(kDuplicateFins);
  CHECK_FALSE(b.forwarder.next_alarm(at(5ms)));
  b.device.stuck = true;
  CHECK(b.forwarder.next_alarm(at(5ms)) == at(5ms) + Forwarder::kUntilRoom);
}

TEST_CASE(
    "where each packet is watched on its way, a turn has one, and it leaves when it is sent") {
  Bench b(kDuplicateFins, {.gated = true});
  b.device.arrive(1, from_client(kFin, 101));
  b.device.arrive(2, from_client(kFin, 101, 1));
  const Lines one{"send FIN,ACK", "flush", "send FIN,ACK", "flush", "drop 1", "flush"};
  CHECK(b.turn(1ms) == one);
  CHECK(b.turn(2ms).size() == one.size());
  CHECK(b.turn(3ms).empty());
}

TEST_CASE("where each packet is watched, all that wait are seen before anything leaves") {
  /// Says in the device's list what it hears of.
  struct Reader final : Observer {
    explicit Reader(WrittenDevice& d) : device(d) {}
    void on_queued(Bytes packet) override {
      device.say("queued {}", std::get<TcpView>(TcpView::over(packet)).flags().text());
    }
    void on_note(const Note&, Bytes) override {}
    WrittenDevice& device;
  };
  Bench b(kDelayFins, {.hook = {.stand = kKeepsNothing}, .gated = true});
  Reader reader(b.device);
  b.forwarder.add(reader);
  b.device.arrive(1, from_client(kFin, 101));
  CHECK(b.turn(1ms) == Lines{"queued FIN,ACK", "bind acks", "drop 1", "flush"});
  b.device.arrive(2, from_client(kSyn, 100, 1));
  b.device.arrive(3, from_client(kAck, 101, 2));
  b.forwarder.on_alarm(at(11ms));
  CHECK(b.device.take() == Lines{"queued SYN", "queued ACK", "send FIN,ACK", "flush"});
  CHECK(b.forwarder.holds_packets());
  CHECK(b.turn(11ms) == Lines{"accept 2", "flush"});
  CHECK(b.turn(12ms) == Lines{"accept 3", "flush"});
  CHECK_FALSE(b.forwarder.holds_packets());
}

TEST_CASE("who sent what is too long for the next link is told") {
  Bench b(kDuplicateFins);
  const Packet packet = from_client(kAck, 101);
  b.device.too_long.push_back(packet);
  CHECK(b.turn(1ms) == Lines{"send ACK", "flush"});
}

}  // namespace latesyn::test
