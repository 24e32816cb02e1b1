#include "proxy/edge/run_session.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

#include "proxy/core/policy_file.hpp"
#include "proxy/edge/capture_reader.hpp"
#include "proxy/edge/run_text.hpp"

namespace latesyn {
namespace {

/// How late an alarm of the kernel's mostly is, and a little more.
constexpr Duration kSpin = std::chrono::microseconds(80);
constexpr int kAsExpected = 0, kNotAsExpected = 1, kNotWhole = 2;

WallTime wall_time_at_zero(const Driver& driver) {
  return std::chrono::system_clock::now() - driver.now().time_since_epoch();
}

/// The terminal that we were started from was closed.
bool terminal_gone() {
  termios settings{};
  return ::tcgetattr(STDIN_FILENO, &settings) != 0;
}

}  // namespace

Policy load_for_run(const std::string& file) {
  Policy policy = load_whole_policy(file);
  if (policy.traffic.empty()) {
    throw PolicyError(fmt::format(
        "{}: [traffic] is empty, so that it would take in all that this machine passes on; name "
        "the servers or the clients: servers = [\"10.0.2.2:80\"]",
        file));
  }
  return policy;
}

RunSession::RunSession(const RunOptions& options, Policy policy, std::uint64_t seed,
                       RunOutputs& outputs, Console& console)
    : options_(options),
      seed_(seed),
      outputs_(outputs),
      console_(console),
      terminal_(::isatty(STDIN_FILENO) == 1),
      hook_{.queue = options.queue},
      plan_(make_plan(policy)),
      engine_(std::move(policy), seed),
      driver_(engine_,
              {.plan = plan_, .hook = hook_, .spin = options.spin ? kSpin : Duration::zero()},
              loop_.get()) {
  watch();
  handle_signals();
  handle_keys();
  begin_intake();
}

/// Where the kernel can't translate we do, unless the policy insists.
void RunSession::begin_intake() {
  const Traffic& traffic = engine_.policy().traffic;
  if (plan_.splice) {
    try {
      driver_.offer_splices(true);
      firewall_.emplace(plan_, traffic, hook_);
      return;
    } catch (const std::exception& error) {
      if (traffic.translate == Translate::kernel) throw;
      spdlog::warn("the numbers of joined flows are shifted here, not by the kernel: {}",
                   error.what());
      plan_.splice = false;
      driver_.offer_splices(false);
    }
  }
  firewall_.emplace(plan_, traffic, hook_);
}

void RunSession::watch() {
  const WallTime zero = wall_time_at_zero(driver_);
  driver_.add(decisions_);
  if (outputs_.events) {
    events_.emplace(*outputs_.events,
                    EventLogHeader{.policy = options_.policy, .seed = seed_, .started = zero});
    driver_.add(*events_);
  }
  if (outputs_.pcap) {
    capture_.emplace(*outputs_.pcap, zero);
    driver_.add(*capture_);
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
  if (terminal_) keys_.emplace(loop_.get(), STDIN_FILENO, [this] { on_key(); });
}

void RunSession::on_signal(int signal) {
  const bool hung_up = signal == SIGHUP && terminal_ && terminal_gone();
  if (signal == SIGINT || signal == SIGTERM || hung_up) return loop_.stop();
  if (signal == SIGHUP) return reload();
  release();
}

void RunSession::on_key() {
  // In the background the terminal's input is not ours: reading it would stop the whole process.
  if (::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return keys_.reset();
  std::array<char, 256> typed{};
  const ssize_t size = ::read(STDIN_FILENO, typed.data(), typed.size());
  if (size <= 0) return keys_.reset();
  release();
}

void RunSession::on_second() {
  decisions_.begin_second();
  console_.show_progress(progress_text(engine_, driver_.now()));
}

void RunSession::release() {
  const std::size_t before = engine_.waiting();
  driver_.apply([](Engine& engine, Time now, Actions& out) { engine.release(now, out); });
  spdlog::info("released by hand; {} were held", before);
}

void RunSession::reload() {
  try {
    Policy policy = load_for_run(options_.policy);
    const Plan plan = make_plan(policy);
    change_intake(plan, policy.traffic);
    plan_ = plan;
    driver_.apply([&policy](Engine& e, Time, Actions&) { e.use(std::move(policy)); });
    spdlog::info("reloaded {}: taking {}", options_.policy,
                 intake_text(plan_, engine_.policy().traffic, hook_));
  } catch (const std::exception& error) {
    spdlog::error("the policy stays as it was: {}", error.what());
  }
}

void RunSession::change_intake(const Plan& plan, const Traffic& traffic) {
  driver_.use(plan);
  // What the kernel translates must be ours again before packets are seen ahead of it.
  if (!plan.splice) driver_.offer_splices(false);
  try {
    firewall_->replace(plan, traffic);
    if (plan.splice) driver_.offer_splices(true);
  } catch (const std::exception&) {
    driver_.use(plan_);
    if (plan_.splice) driver_.offer_splices(true);
    throw;
  }
}

int RunSession::run() {
  spdlog::info("taking {}; seed {}", intake_text(plan_, engine_.policy().traffic, hook_), seed_);
  loop_.run();
  stop_intake();
  const Report end = report();
  // First what was asked for in files: who reads our standard output may be gone.
  write_json(end);
  for (auto* file : {&outputs_.json, &outputs_.events, &outputs_.pcap}) {
    if (*file) (*file)->flush();
  }
  fmt::print("{}", to_text(end));
  if (!outputs_.whole()) return kNotWhole;
  return end.passed() ? kAsExpected : kNotAsExpected;
}

void RunSession::stop_intake() {
  console_.clear_progress();
  firewall_.reset();
  driver_.drain();
  decisions_.begin_second();
  if (const auto held = engine_.waiting()) spdlog::warn("{} still held are not sent", held);
  if (const auto lost = driver_.lost()) spdlog::warn("{} packets lost: the queue was full", lost);
  if (const auto unsent = driver_.unsent()) spdlog::warn("{} packets could not be sent", unsent);
}

Report RunSession::report() const {
  Report report;
  report.policy = options_.policy;
  report.seed = seed_;
  report.ended = driver_.now();
  report.late_syns = engine_.late_syns();
  report.counters = engine_.counters();
  report.tables = engine_.tables();
  judge(engine_.policy(), report);
  return report;
}

void RunSession::write_json(const Report& report) {
  if (!outputs_.json) return;
  nlohmann::json json = to_json(report);
  json["held_at_end"] = engine_.waiting();
  json["lost"] = driver_.lost();
  json["splices_failed"] = driver_.splices_failed();
  json["unsent"] = driver_.unsent();
  json["queue_failures"] = driver_.queue_failures();
  outputs_.json->write(json.dump(2) + "\n");
}

}  // namespace latesyn
