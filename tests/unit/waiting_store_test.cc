#include "proxy/waiting/waiting_store.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

Waiting waiting_for(Trigger trigger) {
  return {.departure = {.packet = build({kClient, kServer, Seq{1}, Seq{}, {.syn = true}}),
                        .once = trigger}};
}

constexpr std::array kTriggers{Trigger::established, Trigger::closed, Trigger::released};

}  // namespace

TEST_CASE("those that wait for a trigger wake in the order in which they fell asleep") {
  WaitingStore store;
  WaitingStore::Sleepers sleepers;
  std::array<std::vector<std::uint32_t>, 3> pushed;
  for (std::size_t i = 0; i < 30; ++i) {
    const std::size_t which = (i / 2 + i / 7) % 3;
    const auto number = store.put(waiting_for(kTriggers.at(which)), 0);
    store.push(sleepers, number);
    pushed.at(which).push_back(number);
  }
  for (const std::size_t which : {1U, 0U, 2U}) {
    CHECK(store.any(sleepers, kTriggers.at(which)));
    CHECK(store.wake(sleepers, kTriggers.at(which)) == pushed.at(which));
    CHECK_FALSE(store.any(sleepers, kTriggers.at(which)));
    CHECK(store.wake(sleepers, kTriggers.at(which)).empty());
  }
  CHECK(sleepers.empty());
}

// Were they looked at for each of the others, ten billion looks would make this take minutes.
TEST_CASE("what waits for another trigger costs nothing when one wakes") {
  WaitingStore store;
  WaitingStore::Sleepers sleepers;
  const auto let_wait = [&](Trigger trigger) {
    store.push(sleepers, store.put(waiting_for(trigger), 0));
  };
  constexpr std::uint32_t kMany = 100'000;
  for (std::uint32_t i = 0; i < kMany; ++i) let_wait(Trigger::released);
  std::size_t woken = 0;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    let_wait(Trigger::closed);
    woken += store.wake(sleepers, Trigger::closed).size();
    woken += store.wake(sleepers, Trigger::established).size();
  }
  CHECK(woken == kMany);
  CHECK(sleepers.count == kMany);
}

TEST_CASE("the store knows the bytes of what it keeps, and of what the kernel keeps for it") {
  WaitingStore store;
  const Waiting syn = waiting_for(Trigger::closed);
  Waiting parked = syn;
  parked.departure.packet.bytes.clear();
  parked.parked = Parked{.queue_id = 7, .size = 60'000};
  const auto first = store.put(syn, 0);
  CHECK(store.bytes() == 48 + 40);
  const auto second = store.put(parked, 0);
  CHECK(store.bytes() == 48 + 40 + 48 + 60'000);
  const FlowKey flow{kClient, kServer};
  CHECK(store.take(second, flow).parked->queue_id == 7);
  CHECK(store.take(first, flow).departure.packet == syn.departure.packet);
  CHECK(store.bytes() == 0);
}

}  // namespace latesyn::test
