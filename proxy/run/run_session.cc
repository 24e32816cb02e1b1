#include "proxy/run/run_session.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/linux/exit_status.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/notes/number_json.hpp"
#include "proxy/policy/witnesses.hpp"
#include "proxy/watch/capture_reader.hpp"

namespace latesyn {
namespace {

/// How late an alarm of the kernel's is where the processor has slept for milliseconds, 99 times in
/// a hundred, and a little more.
constexpr Duration kSpin = std::chrono::microseconds(250);

/// What others do to our firewall rules is said within a second.
constexpr Duration kBetweenLooks = std::chrono::milliseconds(500);

WallTime wall_time_at_zero(const MonotonicClock& clock) {
  return std::chrono::system_clock::now() - clock.now().time_since_epoch();
}

/// The terminal that we were started from was closed.
bool terminal_gone() {
  termios settings{};
  return ::tcgetattr(STDIN_FILENO, &settings) != 0;
}

std::uint64_t missing(const std::optional<OutputFile>& file) { return file ? file->missing() : 0; }

/// `translate = "kernel"` is a promise about killed runs and about speed: it is kept, or refused.
void require_promised_splice(const Policy& policy, const std::string& file) {
  const Plan plan = make_plan(policy, kRouter);
  if (policy.traffic.translate != Translate::kernel || !plan.icmp || plan.splice) return;
  throw PolicyError(fmt::format(
      "{}: translate = \"kernel\", but the rules need to see more than SYN, FIN and RST of the "
      "joined flows, which the kernel would not show; write \"auto\" or \"user\", or have no rule "
      "that needs more",
      file));
}

/// Where several workers share the packets, none sees all that such a rule would have to remember.
void require_one_worker(const Policy& policy, const std::string& file, unsigned workers) {
  const Rule* const rule = workers == 1 ? nullptr : needs_one_worker(policy);
  if (rule == nullptr) return;
  const Scope scope = *rule->effects.remembers;
  throw PolicyError(fmt::format(
      "{}: rule \"{}\" has scope = \"{}\", but {} workers share the packets among them by "
      "connection, so that none sees all of a {}'s; leave out --workers, or write scope = \"flow\"",
      file, rule->name, name(scope), workers, name(scope)));
}

}  // namespace

SharedPolicy load_for_run(const std::string& file, unsigned workers) {
  Policy policy = load_whole_policy(file);
  if (policy.traffic.empty()) {
    throw PolicyError(fmt::format(
        "{}: [traffic] is empty, so that it would take in all that this machine passes on; name "
        "the servers or the clients: servers = [\"10.0.2.2:80\"]",
        file));
  }
  for (const std::string& untold : untold_by({}, policy.expectations)) {
    spdlog::warn("not judged: {}", untold);
  }
  require_promised_splice(policy, file);
  require_one_worker(policy, file, workers);
  return policy;
}

RunSession::RunSession(const RunOptions& options, const SharedPolicy& policy, std::uint64_t seed,
                       RunOutputs& outputs, Console& console)
    : options_(options),
      seed_(seed),
      outputs_(outputs),
      console_(console),
      terminal_(::isatty(STDIN_FILENO) == 1),
      hook_{.queue = options.queue, .workers = options.workers},
      plan_(make_plan(*policy, hook_.stand)),
      workers_(policy, seed, {.waiting_bytes = options.held_bytes}, plan_,
               {.forwarding = {.hook = hook_},
                .spin = options.spin ? kSpin : Duration::zero(),
                .clock = clock_}),
      steering_(workers_, loop_, clock_) {
  watch();
  handle_signals();
  handle_keys();
  workers_.start();
  begin_intake();
  firewall_watch_.emplace(*firewall_);
  looks_.emplace(loop_, Duration::zero(), kBetweenLooks, [this] { firewall_watch_->look(); });
}

/// Where the kernel can't translate we do, unless the policy insists.
void RunSession::begin_intake() {
  const Traffic& traffic = workers_.policy().traffic;
  if (plan_.splice) {
    try {
      offer_splices(true);
      firewall_.emplace(plan_, traffic, hook_);
      return;
    } catch (const std::exception& error) {
      if (traffic.translate == Translate::kernel) throw;
      spdlog::warn("the numbers of joined flows are shifted here, not by the kernel: {}",
                   error.what());
      plan_.splice = false;
      offer_splices(false);
    }
  }
  firewall_.emplace(plan_, traffic, hook_);
}

void RunSession::watch() {
  const WallTime zero = wall_time_at_zero(clock_);
  workers_.add_parallel(decisions_);
  workers_.add_parallel(late_syns_);
  if (outputs_.events) {
    events_.emplace(*outputs_.events,
                    EventLogHeader{.policy = options_.policy, .seed = seed_, .started = zero});
    workers_.add(*events_);
  }
  if (outputs_.pcap) {
    capture_.emplace(*outputs_.pcap, zero, hook_.stand);
    workers_.add(*capture_);
  }
}

void RunSession::handle_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    signals_.push_back(
        std::make_unique<SignalHandler>(loop_, signal, [this, signal] { on_signal(signal); }));
  }
  constexpr std::chrono::seconds kSecond(1);
  seconds_.emplace(loop_, kSecond, kSecond, [this] { on_second(); });
  if (options_.duration) {
    duration_.emplace(loop_, *options_.duration, Duration::zero(), [this] { loop_.stop(); });
  }
}

void RunSession::handle_keys() {
  if (!terminal_) return;
  single_keys_.emplace();
  keys_.emplace(loop_.get(), STDIN_FILENO, [this] { on_keys(); });
  // Whoever brings us back has set the terminal as he likes it.
  signals_.push_back(
      std::make_unique<SignalHandler>(loop_, SIGCONT, [this] { single_keys_->begin(); }));
}

void RunSession::on_signal(int signal) {
  const bool hung_up = signal == SIGHUP && terminal_ && terminal_gone();
  if (signal == SIGINT || signal == SIGTERM || hung_up) return loop_.stop();
  if (signal == SIGHUP) return reload_soon();
  steering_.release_all();
}

void RunSession::on_keys() {
  if (!keys_are_ours()) return keys_.reset();
  std::array<char, 256> typed{};
  const ssize_t size = ::read(STDIN_FILENO, typed.data(), typed.size());
  if (size <= 0) return keys_.reset();
  steering_.on_keys({typed.data(), static_cast<std::size_t>(size)});
}

void RunSession::on_second() {
  decisions_.begin_second();
  Progress progress;
  workers_.each([&](Worker& worker) { progress.add(worker.engine()); });
  console_.show_progress(progress_text(progress, clock_.now()));
  if (progress.flows_full != 0 && !std::exchange(told_full_, true)) {
    spdlog::warn(
        "the table of connections is full: the policy does not apply to new ones, which pass; they "
        "are counted as flows_full");
  }
}

/// Once for all requests that have come by then, and never where a stop is among them.
void RunSession::reload_soon() {
  if (!reload_) reload_.emplace(loop_, Duration::zero(), Duration::zero(), [this] { reload(); });
}

void RunSession::reload() {
  reload_.reset();
  try {
    const SharedPolicy policy = load_for_run(options_.policy, options_.workers);
    const Plan plan = make_plan(*policy, hook_.stand);
    change_intake(plan, policy->traffic);
    plan_ = plan;
    workers_.apply([&policy](Engine& e, Time now, Actions& out) { e.use(now, policy, out); });
    spdlog::info("reloaded {}: taking {}", options_.policy,
                 intake_text(plan_, policy->traffic, hook_));
  } catch (const std::exception& error) {
    spdlog::error("the policy stays as it was: {}", error.what());
  }
}

void RunSession::change_intake(const Plan& plan, const Traffic& traffic) {
  const bool moves = plan.splice != plan_.splice;
  const auto move = [&](void (Driver::*step)()) {
    if (moves) workers_.each([step](Worker& worker) { (worker.driver().*step)(); });
  };
  move(&Driver::begin_move);
  try {
    use(plan);
    // What the kernel translates must be ours again before packets are seen ahead of it.
    if (!plan.splice) offer_splices(false);
    firewall_->replace(plan, traffic);
    if (plan.splice) offer_splices(true);
  } catch (const std::exception&) {
    use(plan_);
    if (plan_.splice) offer_splices(true);
    move(&Driver::end_move);
    throw;
  }
  move(&Driver::end_move);
}

void RunSession::use(const Plan& plan) {
  workers_.each([&](Worker& worker) { worker.driver().use(plan); });
}

void RunSession::offer_splices(bool offered) {
  workers_.each([&](Worker& worker) { worker.driver().offer_splices(offered); });
}

std::uint64_t RunSession::held() {
  return workers_.sum([](Worker& worker) { return worker.engine().waiting(); });
}

int RunSession::run() {
  spdlog::info("taking {}; seed {}", intake_text(plan_, workers_.policy().traffic, hook_), seed_);
  loop_.run();
  keys_.reset();
  single_keys_.reset();
  stop_intake();
  const Report end = report();
  // First what was asked for in files: who reads our standard output may be gone.
  for (auto* file : {&outputs_.events, &outputs_.pcap}) {
    if (*file) (*file)->finish();
  }
  console_.finish();
  const Unwritten unwritten{.console = console_.missing(),
                            .events = missing(outputs_.events),
                            .capture = missing(outputs_.pcap)};
  write_json(end, unwritten);
  // From here on a signal ends us as any program: who reads our standard output may never do so.
  signals_.clear();
  fmt::print("{}{}", to_text(end), unwritten_text(unwritten));
  if (!outputs_.whole()) return kNotWhole;
  return end.passed() ? kAsExpected : kNotAsExpected;
}

void RunSession::stop_intake() {
  console_.clear_progress();
  looks_.reset();
  firewall_.reset();
  workers_.stop();
  steering_.tell_answers();
  decisions_.begin_second();
  if (const auto waiting = held()) spdlog::warn("{} still held are not sent", waiting);
  const DeviceCounters device = workers_.device_counters();
  if (device.lost != 0) spdlog::warn("{} packets lost: the queue was full", device.lost);
  if (device.unsent != 0) spdlog::warn("{} packets could not be sent", device.unsent);
}

Report RunSession::report() {
  Report report;
  report.policy = options_.policy;
  report.seed = seed_;
  report.ended = clock_.now();
  report.late_syns = late_syns_.all();
  workers_.each([&](Worker& worker) { add(worker.engine(), report); });
  judge(workers_.policy(), report);
  return report;
}

void RunSession::write_json(const Report& report, const Unwritten& unwritten) {
  if (!outputs_.json) return;
  nlohmann::json json = to_json(report);
  json.update(numbers_json(workers_.device_counters(), kDeviceRows));
  json["workers"] = nlohmann::json::array();
  workers_.each([&](Worker& worker) {
    json["workers"].push_back({{"packets", worker.engine().counters().packets}});
  });
  json["held_at_end"] = held();
  json["rules_put_back"] = firewall_watch_->put_back();
  json["unwritten"] = {
      {"console", unwritten.console}, {"events", unwritten.events}, {"pcap", unwritten.capture}};
  outputs_.json->write(json.dump(2) + "\n");
  outputs_.json->finish();
}

}  // namespace latesyn
