#pragma once
// One run from its first rule to its report: the engine on its driver, everybody who watches it,
// and what signals and keys do to it.

#include "proxy/firewall/firewall_watch.hpp"
#include "proxy/linux/single_keys.hpp"
#include "proxy/loop/loop.hpp"
#include "proxy/loop/readable.hpp"
#include "proxy/output/console.hpp"
#include "proxy/queue/workers.hpp"
#include "proxy/report/report.hpp"
#include "proxy/run/run_outputs.hpp"
#include "proxy/run/run_text.hpp"
#include "proxy/run/steering.hpp"
#include "proxy/watch/capture.hpp"
#include "proxy/watch/decision_log.hpp"
#include "proxy/watch/event_log.hpp"
#include "proxy/watch/late_syn_watch.hpp"

namespace latesyn {

/// Reads a policy and refuses one that would take in the traffic of the whole machine. Throws
/// PolicyError.
SharedPolicy load_for_run(const std::string& file, unsigned workers);

class RunSession {
 public:
  /// Everything is in place afterwards. Throws std::runtime_error, and leaves nothing behind.
  RunSession(const RunOptions& options, const SharedPolicy& policy, std::uint64_t seed,
             RunOutputs& outputs, Console& console);

  /// Until it is stopped; then takes the firewall rules out, reports, and returns the exit status.
  int run();

 private:
  void watch();
  void handle_signals();
  void handle_keys();
  void on_signal(int signal);
  void on_keys();
  void on_second();
  void begin_intake();
  void reload_soon();
  void reload();
  void change_intake(const Plan& plan, const Traffic& traffic);
  void stop_intake();
  void use(const Plan& plan);
  void offer_splices(bool offered);
  std::uint64_t held();
  Report report();
  void write_json(const Report& report, const Unwritten& unwritten);

  const RunOptions& options_;
  std::uint64_t seed_;
  RunOutputs& outputs_;
  Console& console_;
  bool terminal_;
  bool told_full_ = false;
  Hook hook_;
  Plan plan_;
  MonotonicClock clock_;
  Loop loop_;
  DecisionLog decisions_;
  LateSynWatch late_syns_;
  std::optional<EventLog> events_;
  std::optional<Capture> capture_;
  Workers workers_;
  Steering steering_;
  std::vector<std::unique_ptr<SignalHandler>> signals_;
  std::optional<Housekeeper> seconds_, duration_, reload_, looks_;
  std::optional<SingleKeys> single_keys_;
  std::optional<Readable> keys_;
  std::optional<Firewall> firewall_;
  std::optional<FirewallWatch> firewall_watch_;
};

}  // namespace latesyn
