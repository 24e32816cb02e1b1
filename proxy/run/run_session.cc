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
#include "proxy/notes/fields.hpp"
#include "proxy/run/run_fields.hpp"
#include "proxy/run/run_policy.hpp"

namespace latesyn {
namespace {

/// How late an alarm of the kernel's is where the processor has slept for milliseconds, 99 times in
/// a hundred, and a little more.
constexpr Duration kSpin = std::chrono::microseconds(250);

/// The terminal that we were started from was closed.
bool terminal_gone() {
  termios settings{};
  return ::tcgetattr(STDIN_FILENO, &settings) != 0;
}

OutputFile* address(std::optional<OutputFile>& file) { return file ? &*file : nullptr; }

std::uint64_t missing(const std::optional<OutputFile>& file) { return file ? file->missing() : 0; }

}  // namespace

RunSession::RunSession(const RunOptions& options, const SharedPolicy& policy, std::uint64_t seed,
                       RunOutputs& outputs, Console& console)
    : options_(options),
      seed_(seed),
      outputs_(outputs),
      console_(console),
      terminal_(::isatty(STDIN_FILENO) == 1),
      station_({.policy = policy,
                .seed = seed,
                .limits = {.waiting_bytes = options.held_bytes},
                .hook = options.hook,
                .spin = options.spin ? kSpin : Duration::zero(),
                .events = address(outputs.events),
                .pcap = address(outputs.pcap)}),
      loop_(station_.loop()),
      workers_(station_.workers()),
      steering_(workers_, loop_, station_.clock()) {
  workers_.add_parallel(decisions_);
  handle_signals();
  handle_keys();
  station_.begin();
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
  console_.show_progress(progress_text(progress, station_.clock().now()));
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
    station_.use(load_for_run(options_.policy, options_.hook));
    spdlog::info("reloaded {}: taking {}", options_.policy, taken());
  } catch (const std::exception& error) {
    spdlog::error("the policy stays as it was: {}", error.what());
  }
}

std::string RunSession::taken() {
  return intake_text(station_.plan(), station_.policy().traffic, options_.hook);
}

std::uint64_t RunSession::held() {
  return workers_.sum([](Worker& worker) { return worker.engine().waiting(); });
}

int RunSession::run() {
  spdlog::info("taking {}; seed {}", taken(), seed_);
  loop_.run();
  keys_.reset();
  single_keys_.reset();
  stop();
  Report end = station_.report();
  judge(station_.policy(), end);
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

void RunSession::stop() {
  console_.clear_progress();
  station_.end();
  steering_.tell_answers();
  decisions_.begin_second();
  if (const auto waiting = held()) spdlog::warn("{} still held are not sent", waiting);
  const DeviceCounters device = workers_.device_counters();
  if (device.lost != 0) spdlog::warn("{} packets lost: the queue was full", device.lost);
  if (device.unsent != 0) spdlog::warn("{} packets could not be sent", device.unsent);
}

void RunSession::write_json(const Report& report, const Unwritten& unwritten) {
  if (!outputs_.json) return;
  RunFacts facts{.device = workers_.device_counters(),
                 .workers = {},
                 .held = held(),
                 .rules_put_back = station_.rules_put_back(),
                 .unwritten = unwritten};
  workers_.each(
      [&facts](Worker& worker) { facts.workers.push_back({worker.engine().counters().packets}); });
  nlohmann::json json = to_json(report);
  json.update(nlohmann::json(JsonFields::of(facts)));
  outputs_.json->write_large(json.dump(2) + "\n");
  outputs_.json->finish();
}

}  // namespace latesyn
