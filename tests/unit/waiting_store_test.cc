#include "proxy/waiting/waiting_store.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <utility>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/values/rng.hpp"
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
    CHECK(store.wake(sleepers, {kTriggers.at(which)}) == pushed.at(which));
    CHECK(store.wake(sleepers, {kTriggers.at(which)}).empty());
  }
  CHECK(sleepers.empty());
}

TEST_CASE("any one of those that wait for a trigger can be taken out of the middle") {
  Rng rng{1};
  for (int round = 0; round < 50; ++round) {
    WaitingStore store;
    WaitingStore::Sleepers sleepers;
    // By trigger; behind those of the current connection, those of the one before.
    std::array<std::vector<std::uint32_t>, 6> lists;
    for (int i = 0; i < 200; ++i) {
      if (i == 100) {
        store.supersede(sleepers);
        for (std::size_t which = 0; which < 3; ++which) {
          auto& older = lists.at(which + 3);
          const auto newer = std::exchange(lists.at(which), {});
          older.insert(older.end(), newer.begin(), newer.end());
        }
      }
      auto& list = lists.at(static_cast<std::size_t>(rng.uniform() * 6));
      const auto which = static_cast<std::size_t>(&list - lists.data());
      if (list.empty() || rng.uniform() < 0.6) {
        list.push_back(store.put(waiting_for(kTriggers.at(which % 3)), 0));
        store.push(sleepers, list.back(), which >= 3);
        CHECK(store.sleeps(list.back()));
      } else {
        const auto out = list.begin() + static_cast<std::ptrdiff_t>(
                                            rng.uniform() * static_cast<double>(list.size()));
        store.rouse(sleepers, *out);
        CHECK_FALSE(store.sleeps(*out));
        store.take(*out, {kClient, kServer});
        list.erase(out);
      }
      std::size_t count = 0;
      for (const auto& each : lists) count += each.size();
      CHECK(sleepers.count == count);
    }
    for (const std::size_t which : {2U, 3U, 0U, 5U, 1U, 4U}) {
      CHECK(store.wake(sleepers, {kTriggers.at(which % 3), which >= 3}) == lists.at(which));
    }
  }
}

TEST_CASE("a number that is given out again has another generation") {
  WaitingStore store;
  const auto number = store.put(waiting_for(Trigger::closed), 0);
  const auto generation = store.generation(number);
  CHECK(store.keeps(number));
  store.take(number, {kClient, kServer});
  CHECK_FALSE(store.keeps(number));
  CHECK(store.put(waiting_for(Trigger::closed), 0) == number);
  CHECK(store.generation(number) != generation);
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
    woken += store.wake(sleepers, {Trigger::closed}).size();
    woken += store.wake(sleepers, {Trigger::established}).size();
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
