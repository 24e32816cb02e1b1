#include "proxy/run/station.hpp"

#include <utility>

namespace latesyn {
namespace {

/// What others do to our firewall rules is said within a second.
constexpr Duration kBetweenLooks = std::chrono::milliseconds(500);

WallTime wall_time_at_zero(const MonotonicClock& clock) {
  return std::chrono::system_clock::now() - clock.now().time_since_epoch();
}

}  // namespace

Station::Station(StationTask task)
    : task_(std::move(task)),
      interception_(task_.plan(*task_.policy, task_.hook.stand), hands()),
      workers_(task_.policy, task_.seed, task_.limits, interception_.plan(), driver_options()) {}

DriverOptions Station::driver_options() const {
  return {.forwarding = {.hook = task_.hook, .gated = task_.watched},
          .spin = task_.spin,
          .clock = clock_};
}

Interception::Hands Station::hands() {
  const auto drivers = [this](auto task) {
    workers_.each([&](Worker& worker) { task(worker.driver()); });
  };
  return {
      .open_tracking =
          [this] { workers_.each([](Worker& worker) { worker.device().open_tracking(); }); },
      .offer_splices =
          [drivers](bool offered) { drivers([=](Driver& d) { d.offer_splices(offered); }); },
      .use_settings = [drivers](const Plan& plan) { drivers([&](Driver& d) { d.use(plan); }); },
      .set_rules =
          [this](const Plan& plan, const Traffic& traffic) {
            if (firewall_) return firewall_->replace(plan, traffic);
            firewall_.emplace(plan, traffic, task_.hook);
          },
      .begin_move = [drivers] { drivers([](Driver& d) { d.begin_move(); }); },
      .end_move = [drivers] { drivers([](Driver& d) { d.end_move(); }); },
  };
}

void Station::write_down() {
  const WallTime zero = wall_time_at_zero(clock_);
  workers_.add_parallel(late_syns_);
  if (task_.events != nullptr) {
    events_.emplace(
        *task_.events,
        EventLogHeader{.policy = task_.policy->file, .seed = task_.seed, .started = zero});
    workers_.add(*events_);
  }
  if (task_.pcap != nullptr) {
    capture_.emplace(*task_.pcap, zero, task_.hook.stand);
    workers_.add(*capture_);
  }
}

void Station::begin() {
  write_down();
  if (!task_.watched) workers_.start();
  interception_.begin(policy().traffic);
  if (task_.watched) return;
  watch_.emplace(*firewall_);
  looks_.emplace(loop_, Duration::zero(), kBetweenLooks, [this] { watch_->look(); });
}

void Station::use(const SharedPolicy& policy) {
  interception_.change(task_.plan(*policy, task_.hook.stand), policy->traffic);
  workers_.apply([&policy](Engine& e, Time now, Actions& out) { e.use(now, policy, out); });
}

void Station::end() {
  looks_.reset();
  firewall_.reset();
  workers_.stop();
}

Report Station::report() {
  Report report;
  report.policy = task_.policy->file;
  report.seed = task_.seed;
  report.ended = clock_.now();
  report.late_syns = late_syns_.all();
  workers_.each([&](Worker& worker) { add(worker.engine(), report); });
  return report;
}

}  // namespace latesyn
