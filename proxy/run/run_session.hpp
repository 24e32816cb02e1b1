#pragma once
// One run from its first rule to its report: a station, what signals and keys do to it, and what is
// said of it.

#include "proxy/linux/single_keys.hpp"
#include "proxy/loop/readable.hpp"
#include "proxy/output/console.hpp"
#include "proxy/run/run_outputs.hpp"
#include "proxy/run/run_text.hpp"
#include "proxy/run/station.hpp"
#include "proxy/run/steering.hpp"
#include "proxy/watch/decision_log.hpp"

namespace latesyn {

class RunSession {
 public:
  /// Everything is in place afterwards. Throws std::runtime_error, and leaves nothing behind.
  RunSession(const RunOptions& options, const SharedPolicy& policy, std::uint64_t seed,
             RunOutputs& outputs, Console& console);

  /// Until it is stopped; then takes the firewall rules out, reports, and returns the exit status.
  int run();

 private:
  void handle_signals();
  void handle_keys();
  void on_signal(int signal);
  void on_keys();
  void on_second();
  void reload_soon();
  void reload();
  void stop();
  std::uint64_t held();
  std::string taken();
  void write_json(const Report& report, const Unwritten& unwritten);

  const RunOptions& options_;
  std::uint64_t seed_;
  RunOutputs& outputs_;
  Console& console_;
  bool terminal_;
  bool told_full_ = false;
  DecisionLog decisions_;
  Station station_;
  Loop& loop_;
  Workers& workers_;
  Steering steering_;
  std::vector<std::unique_ptr<SignalHandler>> signals_;
  std::optional<Housekeeper> seconds_, duration_, reload_;
  std::optional<SingleKeys> single_keys_;
  std::optional<Readable> keys_;
};

}  // namespace latesyn
