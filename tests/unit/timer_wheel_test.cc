#include "proxy/waiting/timer_wheel.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "proxy/values/rng.hpp"

namespace latesyn::test {
namespace {

using Wheel = TimerWheel<int>;

/// The same in the plainest way: all that waits, in order.
class Model {
 public:
  void add(Time at, int value) { all_[{at, order_++}] = value; }
  void cancel(int value) {
    std::erase_if(all_, [value](const auto& entry) { return entry.second == value; });
  }
  std::optional<Time> next() const {
    return all_.empty() ? std::nullopt : std::optional(all_.begin()->first.first);
  }
  std::optional<int> take(Time now) {
    if (all_.empty() || all_.begin()->first.first > now) return std::nullopt;
    const int value = all_.begin()->second;
    all_.erase(all_.begin());
    return value;
  }
  std::size_t size() const { return all_.size(); }

 private:
  std::map<std::pair<Time, std::uint64_t>, int> all_;
  std::uint64_t order_ = 0;
};

std::uint64_t below(Rng& rng, std::uint64_t end) { return rng() % end; }

/// From nothing to hours, short ones more often, and often the same.
Duration some_delay(Rng& rng) {
  const auto most = std::uint64_t{1} << below(rng, 45);
  return Duration(static_cast<std::int64_t>(below(rng, most)) / 1000 * 1000);
}

std::vector<int> take_all(auto& from, Time now) {
  std::vector<int> taken;
  while (const auto value = from.take(now)) taken.push_back(*value);
  return taken;
}

}  // namespace

TEST_CASE("a wheel gives back what a sorted list would, at the same times and in the same order") {
  Rng rng{static_cast<std::uint64_t>(GENERATE(range(1, 21)))};
  Wheel wheel;
  Model model;
  Time now;
  for (int i = 0; i < 5'000; ++i) {
    const Time at = now + some_delay(rng);
    wheel.add(at, i);
    model.add(at, i);
    REQUIRE(wheel.next() == model.next());
    if (below(rng, 3) != 0) continue;
    // Exactly to the next one, or anywhere.
    now = below(rng, 2) == 0 ? std::max(now, *model.next()) : now + some_delay(rng);
    REQUIRE(take_all(wheel, now) == take_all(model, now));
    REQUIRE(wheel.size() == model.size());
    REQUIRE(wheel.next() == model.next());
  }
}

TEST_CASE("what is cancelled never comes, and all else does as if it had not been there") {
  Rng rng{static_cast<std::uint64_t>(GENERATE(range(1, 11)))};
  Wheel wheel;
  Model model;
  std::vector<Wheel::Handle> handles;
  Time now;
  for (int i = 0; i < 3'000; ++i) {
    const Time at = now + some_delay(rng);
    handles.push_back(wheel.add(at, i));
    model.add(at, i);
    const auto which = static_cast<std::size_t>(below(rng, handles.size()));
    const std::size_t before = model.size();
    model.cancel(static_cast<int>(which));
    REQUIRE(wheel.cancel(handles[which]) == (model.size() < before));
    if (model.next()) REQUIRE(wheel.next() <= model.next());
    if (below(rng, 4) != 0) continue;
    now += some_delay(rng);
    REQUIRE(take_all(wheel, now) == take_all(model, now));
    REQUIRE(wheel.size() == model.size());
  }
}

TEST_CASE("what is due at the same moment comes in the order that it was added in") {
  Wheel wheel;
  const Time due(std::chrono::hours(30));
  for (int i = 0; i < 1000; ++i) wheel.add(due, i);
  const auto taken = take_all(wheel, due);
  CHECK(taken.size() == 1000);
  CHECK(std::ranges::is_sorted(taken));
}

TEST_CASE("nothing comes a nanosecond early") {
  Wheel wheel;
  wheel.add(Time(Duration(1'000'000'001)), 7);
  CHECK(wheel.take(Time(Duration(1'000'000'000))) == std::nullopt);
  CHECK(wheel.take(Time(Duration(1'000'000'001))) == 7);
}

}  // namespace latesyn::test
