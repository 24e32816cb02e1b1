// What has to leave one after the other does so to the nanosecond: when each packet leaves, and
// which find no room, is what the formulas say. And a rule that remembers sees packets when they
// are there, behind their waits.

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

/// From its IP header on: IPv4 and TCP take 40 bytes.
constexpr std::uint32_t kSize = 1200, kData = kSize - 40;

struct Left {
  Duration at;
  std::uint32_t number;  // of the packet, from 0
  bool operator==(const Left&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Left& left) {
  return out << fmt::format("{} at {}ns", left.number, left.at.count());
}

/// An engine that is given data segments of one size, and what of them leaves when.
class Line {
 public:
  explicit Line(std::string_view rules) : engine_(with_rule(rules), 1) {}

  /// One more segment of the client of that number, or of the server for it.
  void send(Duration at, Side from = Side::client, std::uint8_t client = 0,
            std::uint16_t port = 40000) {
    run_until(Time(at));
    const IpAddress address = *IpAddress::parse(fmt::format("10.1.0.{}", client + 2));
    SegmentSpec spec{.from = {address, port},
                     .to = kServer,
                     .seq = Seq{number_++ * kData},
                     .ack = Seq{1},
                     .flags = {.ack = true},
                     .payload_size = kData};
    if (from == Side::server) std::swap(spec.from, spec.to);
    const Packet packet = build(spec);
    const Verdict verdict = engine_.on_packet(Time(at), {.bytes = packet.bytes}, out_);
    if (verdict == Verdict::accept) left_.push_back({at, number_ - 1});
    write_down(Time(at));
  }
  void run_until(Time end) {
    for (auto next = engine_.next_wakeup(); next && *next <= end; next = engine_.next_wakeup()) {
      engine_.on_time(*next, out_);
      write_down(*next);
    }
  }
  void release(Duration at) {
    run_until(Time(at));
    engine_.obey(Time(at), Release{ForHand{}}, out_);
    write_down(Time(at));
  }
  void use(Duration at, std::string_view rules) {
    run_until(Time(at));
    engine_.use(Time(at), with_rule(rules), out_);
    out_.clear();
  }
  std::vector<Left> all() {
    run_until(Time::max());
    return left_;
  }
  /// What it says of each packet that has come behind its wait.
  std::vector<std::string> resumed() const { return resumed_; }
  const Engine& engine() const { return engine_; }

 private:
  void write_down(Time now) {
    for (const Action& action : out_) {
      if (const auto* sent = std::get_if<Transmit>(&action)) {
        const auto view = std::get<TcpView>(TcpView::over(sent->packet.bytes));
        left_.push_back({now.time_since_epoch(), view.seq().raw / kData});
      }
      const auto* note = std::get_if<Note>(&action);
      const auto* resumed = note == nullptr ? nullptr : std::get_if<Resumed>(note);
      if (resumed == nullptr) continue;
      resumed_.push_back(
          fmt::format("{} {} {}", name(resumed->origin), resumed->planned.size(), resumed->rule));
    }
    out_.clear();
  }

  Engine engine_;
  Actions out_;
  std::uint32_t number_ = 0;
  std::vector<Left> left_;
  std::vector<std::string> resumed_;
};

/// 9.6 Mbit/s: a packet takes a millisecond.
constexpr std::string_view kMillisecond = "do = \"rate\"\nto = \"9.6Mbit/s\"\n";

std::string with(std::string_view rate, std::string_view more) {
  return std::string(rate) + std::string(more);
}

std::string behind(std::string_view before, std::string_view more = "") {
  return fmt::format("{}\n[[rule]]\n{}{}\n", before, kMillisecond, more);
}

}  // namespace

TEST_CASE("packets that come at once leave one after the other, each after its size by the rate") {
  Line line(kMillisecond);
  for (int i = 0; i < 5; ++i) line.send(0s);
  CHECK(line.all() == std::vector<Left>{{1ms, 0}, {2ms, 1}, {3ms, 2}, {4ms, 3}, {5ms, 4}});
}

TEST_CASE("a line that is idle between packets keeps none for another") {
  Line line(kMillisecond);
  line.send(0s);
  line.send(10ms);
  line.send(10500us);
  CHECK(line.all() == std::vector<Left>{{1ms, 0}, {11ms, 1}, {12ms, 2}});
}

TEST_CASE("a burst leaves at once after a silence, and from then on the rate holds") {
  Line line(with(kMillisecond, "burst = \"2400B\"\n"));
  for (int i = 0; i < 4; ++i) line.send(10ms);
  line.send(12500us);
  CHECK(line.all() == std::vector<Left>{{10ms, 0}, {10ms, 1}, {11ms, 2}, {12ms, 3}, {13ms, 4}});
}

TEST_CASE("overhead counts with each packet") {
  Line line("do = \"rate\"\nto = \"9.6Mbit/s\"\noverhead = 600\n");
  for (int i = 0; i < 2; ++i) line.send(0s);
  CHECK(line.all() == std::vector<Left>{{1500us, 0}, {3ms, 1}});
}

TEST_CASE("what finds the queue full is dropped, and the line is never idle for it") {
  for (const char* queue : {"queue = \"10ms\"\n", "queue = \"12kB\"\n"}) {
    Line line(with(kMillisecond, queue));
    // Twice as much as goes through: a half is lost, and who comes through has waited its turn.
    constexpr int kPackets = 2000;
    for (int i = 0; i < kPackets; ++i) line.send(i * 500us);
    const auto left = line.all();
    CHECK(line.engine().counters().dropped == kPackets - left.size());
    CHECK(left.size() == 1000 + 10);
    for (std::size_t i = 0; i < left.size(); ++i) {
      CHECK(left[i].at == (i + 1) * 1ms);
      CHECK(left[i].at - left[i].number * 500us <= 11ms);
    }
    CHECK(left.back().at - left.back().number * 500us > 10ms);
  }
}

TEST_CASE("a scope says who shares the line") {
  const auto ends = [](std::string_view scope) {
    Line line(with(kMillisecond, fmt::format("scope = \"{}\"\n", scope)));
    line.send(0s);
    line.send(0s, Side::server);
    line.send(0s, Side::client, 0, 40001);
    line.send(0s, Side::client, 1);
    std::vector<int> milliseconds(4);
    for (const Left& left : line.all()) {
      milliseconds[left.number] = static_cast<int>(left.at / 1ms);
    }
    return milliseconds;
  };
  CHECK(ends("rule") == std::vector{1, 2, 3, 4});
  CHECK(ends("client") == std::vector{1, 2, 3, 1});
  CHECK(ends("flow") == std::vector{1, 2, 1, 1});
  CHECK(ends("direction") == std::vector{1, 1, 1, 1});
}

TEST_CASE("a line behind a delay sees packets when they come to it, not when they arrived") {
  Line held(behind("do = \"hold\"\nuntil = \"released\"\nwhen = {direction = \"to-server\"}"));
  held.send(0s);
  held.send(1ms);
  held.send(3ms, Side::server);
  held.release(10ms);
  held.send(10500us, Side::server);
  // The server's first had the line for itself; its second comes between those that were held.
  CHECK(held.all() == std::vector<Left>{{4ms, 2}, {11ms, 0}, {12ms, 1}, {13ms, 3}});
  CHECK(held.resumed() == std::vector<std::string>{"original 1 ", "original 1 "});
}

TEST_CASE("what a wait has put out of order goes through the line in its new order") {
  Line line(
      behind("do = \"delay\"\nby = \"20ms\"\nwhen = {direction = \"to-server\"}\n[[rule]]\n"
             "do = \"delay\"\nby = \"5ms\"\nwhen = {direction = \"to-client\"}"));
  line.send(0s);
  line.send(1ms, Side::server);
  line.send(15500us, Side::server);
  CHECK(line.all() == std::vector<Left>{{7ms, 1}, {21ms, 0}, {22ms, 2}});
}

TEST_CASE("what finds the line's queue full behind its wait is dropped then, told and counted") {
  Line line(behind("do = \"hold\"\nuntil = \"released\"", "queue = \"1ms\"\nname = \"line\""));
  for (int i = 0; i < 4; ++i) line.send(0s);
  CHECK(line.engine().counters().captured == 4);
  line.release(10ms);
  CHECK(line.all() == std::vector<Left>{{11ms, 0}, {12ms, 1}});
  CHECK(line.resumed() == std::vector<std::string>{"original 1 ", "original 1 ", "original 0 line",
                                                   "original 0 line"});
  CHECK(line.engine().counters().departures_dropped == 2);
  CHECK(line.engine().counters().departed == 2);
  CHECK(line.engine().waiting() == 0);
}

TEST_CASE("copies that wait go through the line, too, each when it is there") {
  Line line(behind("do = \"duplicate\"\nspacing = \"10ms\""));
  line.send(0s);
  line.send(9500us);
  CHECK(line.all() == std::vector<Left>{{1ms, 0}, {10500us, 1}, {11500us, 0}, {20500us, 1}});
  CHECK(line.resumed() == std::vector<std::string>{"copy 1 ", "copy 1 "});
}

TEST_CASE("rules behind the line act on what comes to them, within the bound of copies") {
  const std::string rules =
      behind("do = \"delay\"\nby = \"10ms\"") + "[[rule]]\ndo = \"duplicate\"\nspacing = \"1ms\"\n";
  Line line(rules);
  line.send(0s);
  CHECK(line.all() == std::vector<Left>{{11ms, 0}, {12ms, 0}});
  Line bounded(rules + "count = 2\n[limits]\ncopies = 1\n");
  bounded.send(0s);
  CHECK(bounded.all() == std::vector<Left>{{10ms, 0}});
  CHECK(bounded.engine().counters().copies_full == 1);
}

TEST_CASE("what waits ahead of a line that a reload has changed finds it as it is then") {
  const std::string delay = "do = \"delay\"\nname = \"d\"\nby = \"10ms\"\n[[rule]]\n";
  const std::string rate = "do = \"rate\"\nname = \"line\"\nto = ";
  const auto left = [&](const std::string& after) {
    Line line(delay + rate + "\"9.6Mbit/s\"");
    line.send(0s);
    line.send(0s);
    line.use(5ms, after);
    return line.all();
  };
  CHECK(left(delay + rate + "\"9.6Mbit/s\"") == std::vector<Left>{{11ms, 0}, {12ms, 1}});
  CHECK(left(rate + "\"4.8Mbit/s\"") == std::vector<Left>{{12ms, 0}, {14ms, 1}});
  CHECK(left(delay + "do = \"drop\"\nname = \"other\"") == std::vector<Left>{{10ms, 0}, {10ms, 1}});
}

TEST_CASE("a reload that leaves the line as it is leaves its queue, too") {
  Line line(with(kMillisecond, "name = \"line\""));
  for (int i = 0; i < 3; ++i) line.send(0s);
  line.use(500us, with(kMillisecond, "name = \"line\""));
  line.send(500us);
  CHECK(line.all() == std::vector<Left>{{1ms, 0}, {2ms, 1}, {3ms, 2}, {4ms, 3}});
}

TEST_CASE("of a delay and a line behind it the one that let a packet wait longer has the credit") {
  using Counts = std::vector<RuleCount>;
  Line line(behind("do = \"delay\"\nname = \"d\"\nby = \"10ms\"", "name = \"line\""));
  for (int i = 0; i < 2; ++i) line.send(0s);
  line.all();
  CHECK(line.engine().rule_counts() == Counts{{"d", 2, 2, 2}, {"line", 2, 0, 0}});
}

}  // namespace latesyn::test
