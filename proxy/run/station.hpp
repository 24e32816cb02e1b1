#pragma once
// A proxy at work, as `latesyn run` and `latesyn lab` share it: engines on their queues, the
// firewall rules that lead there, and who writes down what happens, from the first packet that is
// taken in to the report.

#include "proxy/firewall/firewall_watch.hpp"
#include "proxy/loop/loop.hpp"
#include "proxy/queue/workers.hpp"
#include "proxy/report/report.hpp"
#include "proxy/run/interception.hpp"
#include "proxy/watch/capture.hpp"
#include "proxy/watch/event_log.hpp"
#include "proxy/watch/late_syn_watch.hpp"

namespace latesyn {

struct StationTask {
  SharedPolicy policy;
  std::uint64_t seed = 0;
  Limits limits{};
  Hook hook{};
  /// What of a policy's traffic is taken in, where it stands.
  std::function<Plan(const Policy&, const Stand&)> plan = make_plan;
  /// Whoever runs loop() decides on packets, one a turn (ForwarderOptions::gated), where nobody
  /// else touches the firewall. Otherwise the workers' own threads do.
  bool watched = false;
  Duration spin{};  // DriverOptions
  /// Files to write while it runs; null: none.
  OutputFile *events = nullptr, *pcap = nullptr;
};

class Station {
 public:
  /// Opens the queues in the calling thread's network namespace; nothing is taken in yet. Throws
  /// std::runtime_error.
  explicit Station(StationTask task);
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  /// From here on packets are taken in. Who else is to watch has been added to workers() before.
  /// Throws std::runtime_error.
  void begin();
  /// Another policy for the packets to come. Where it throws the policy stays as it was.
  void use(const SharedPolicy& policy);
  /// Takes the firewall rules out; all that has come in by then is decided on when it returns.
  void end();

  /// What is known of the run so far, but for whether that was expected.
  Report report();

  Workers& workers() { return workers_; }
  /// For signals, timers and keys; in a watched station for its packets too.
  Loop& loop() { return task_.watched ? workers_.first().loop() : loop_; }
  const MonotonicClock& clock() const { return clock_; }
  const Plan& plan() const { return interception_.plan(); }
  const Policy& policy() { return workers_.policy(); }
  /// How often others' changes to our rules were mended.
  std::uint64_t rules_put_back() const { return watch_ ? watch_->put_back() : 0; }

 private:
  DriverOptions driver_options() const;
  Interception::Hands hands();
  void write_down();

  StationTask task_;
  MonotonicClock clock_;
  Loop loop_;
  LateSynWatch late_syns_;
  std::optional<EventLog> events_;
  std::optional<Capture> capture_;
  Interception interception_;
  Workers workers_;
  std::optional<Firewall> firewall_;
  std::optional<FirewallWatch> watch_;
  std::optional<Housekeeper> looks_;
};

}  // namespace latesyn
