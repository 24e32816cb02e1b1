#include "proxy/engine/outbox.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

/// The outbox of one flow.
class Box {
 public:
  explicit Box(const Limits& limits = {}) : outbox(flows_, limits) {}

  static Waiting waiting(Duration after, Trigger once = Trigger::arrived) {
    const SegmentSpec syn{.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}};
    return {.departure = {.packet = build(syn), .once = once, .after = after}, .arrived = Time(0s)};
  }
  /// Keeps one that is known by this number of its rule.
  void keep(RuleNumber rule, Waiting waiting, std::optional<Pause> pause = {}) {
    waiting.departure.credit.made_by = rule;
    waiting.order = outbox.number(1);
    outbox.keep(flow, std::move(waiting), Time(0s), std::move(pause));
  }
  /// Whose leave by then, in their order.
  std::vector<RuleNumber> leave_by(Duration at) {
    std::vector<RuleNumber> rules;
    while (auto due = outbox.take(Time(at))) {
      CHECK(due->flow == &flow);
      rules.push_back(due->waiting.departure.credit.made_by);
    }
    return rules;
  }

 private:
  FlowTable flows_{10};

 public:
  Outbox outbox;
  Flow& flow = *flows_.make({kClient, kServer}, Time(0s));
};

using Rules = std::vector<RuleNumber>;

}  // namespace

TEST_CASE("what waits for a time leaves then, and what came first leaves first") {
  Box box;
  box.keep(1, Box::waiting(2s));
  box.keep(2, Box::waiting(1s));
  box.keep(3, Box::waiting(2s));
  CHECK(box.outbox.next() == Time(1s));
  CHECK(box.flow.scheduled == 3);
  CHECK(box.leave_by(1s) == Rules{2});
  CHECK(box.leave_by(2s) == Rules{1, 3});
  CHECK(box.flow.scheduled == 0);
  CHECK(box.outbox.size() == 0);
}

TEST_CASE("what sleeps begins its wait when it wakes") {
  Box box;
  box.keep(1, Box::waiting(3s, Trigger::closed));
  box.keep(2, Box::waiting(0s, Trigger::established));
  CHECK_FALSE(box.outbox.next());
  CHECK(box.outbox.wake(box.flow, Trigger::closed, 0, Time(10s)) == 1);
  CHECK(box.outbox.next() == Time(13s));
  CHECK(box.outbox.scheduled() == 1);
  CHECK(box.outbox.size() == 2);
  CHECK(box.leave_by(99s) == Rules{1});
}

TEST_CASE("what has yet to come to a rule does so with what was kept for that, and only that") {
  Box box;
  box.keep(1, Box::waiting(1s), Pause{.most = 7});
  box.keep(2, Box::waiting(2s));
  const auto paused = box.outbox.take(Time(1s));
  REQUIRE(paused);
  REQUIRE(paused->pause);
  CHECK(paused->pause->most == 7);
  // Its place is taken by another.
  box.keep(3, Box::waiting(1s));
  for (const auto at : {1s, 2s}) {
    const auto due = box.outbox.take(Time(at));
    REQUIRE(due);
    CHECK_FALSE(due->pause);
  }
}

TEST_CASE("what is discarded takes what was kept for it along") {
  Box box;
  box.keep(1, Box::waiting(1s), Pause{.most = 7});
  CHECK(box.outbox.discard(0).departure.credit.made_by == 1);
  CHECK(box.flow.scheduled == 0);
  box.keep(2, Box::waiting(1s));
  const auto due = box.outbox.take(Time(1s));
  REQUIRE(due);
  CHECK_FALSE(due->pause);
}

TEST_CASE("by hand what waits for a time leaves now or later, and what sleeps wakes") {
  Box box;
  box.keep(1, Box::waiting(10s));
  box.keep(2, Box::waiting(10s));
  box.keep(3, Box::waiting(5s, Trigger::released));
  CHECK_FALSE(box.outbox.release(0, Time(1s)));
  CHECK(box.outbox.delay(1, 5s));
  CHECK_FALSE(box.outbox.delay(2, 5s));
  CHECK(box.outbox.release(2, Time(1s)));
  CHECK(box.outbox.due(0) == Time(1s));
  CHECK(box.outbox.due(1) == Time(15s));
  CHECK(box.outbox.due(2) == Time(6s));
  CHECK(box.leave_by(99s) == Rules{1, 3, 2});
}

TEST_CASE("each bound of the outbox names its counter") {
  const Departures one(1, Box::waiting(1s).departure);
  const Departures asleep(1, Box::waiting(1s, Trigger::closed).departure);
  Box box({.waiting = 3, .waiting_bytes = 400, .asleep_of_flow = 1});
  CHECK(box.outbox.full(box.flow, one, {}) == nullptr);
  CHECK(box.outbox.full(box.flow, one, Parked{1, 400}) == &Counters::waiting_bytes_full);
  box.keep(1, Box::waiting(1s, Trigger::closed));
  CHECK(box.outbox.full(box.flow, one, {}) == nullptr);
  CHECK(box.outbox.full(box.flow, asleep, {}) == &Counters::asleep_of_flow_full);
  box.keep(2, Box::waiting(1s));
  box.keep(3, Box::waiting(1s));
  CHECK(box.outbox.full(box.flow, one, {}) == &Counters::waiting_full);
  box.leave_by(1s);
  CHECK(box.outbox.full(box.flow, one, {}) == nullptr);
}

TEST_CASE("the last places in the kernel's queue are for those that nobody else can keep") {
  Box box({.parked = 1, .parked_bundles = 2});
  const auto park = [&](std::uint32_t id) {
    Waiting waiting = Box::waiting(1s);
    waiting.departure.packet = {};
    waiting.parked = Parked{id, 60};
    box.keep(1, std::move(waiting));
  };
  CHECK(box.outbox.can_park(true));
  park(1);
  CHECK_FALSE(box.outbox.can_park(true));
  CHECK(box.outbox.can_park(false));
  park(2);
  CHECK_FALSE(box.outbox.can_park(false));
  box.outbox.discard(0);
  CHECK(box.outbox.can_park(false));
  box.leave_by(1s);
  CHECK(box.outbox.can_park(true));
}

}  // namespace latesyn::test
