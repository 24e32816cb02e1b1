#include "proxy/lab/lab_session.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "proxy/lab/conversations.hpp"
#include "proxy/lab/ends/program.hpp"
#include "proxy/lab/kernel_counters.hpp"
#include "proxy/lab/network.hpp"
#include "proxy/lab/watcher.hpp"
#include "proxy/linux/held_signals.hpp"
#include "proxy/loop/timer.hpp"
#include "proxy/process/scheduling.hpp"
#include "proxy/process/sysctls.hpp"
#include "proxy/run/run_text.hpp"
#include "proxy/run/station.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kListenMax = seconds(10);
/// Between two looks at what may change without a segment.
constexpr Duration kTick = milliseconds(20), kTickBeforeListening = milliseconds(2),
                   kTickInSteps = milliseconds(4);
/// What ends do at once because of a segment they have done after this time.
constexpr Duration kQuiet = milliseconds(100);

StationTask station_task(const LabTask& task) {
  return {.policy = task.policy,
          .seed = task.seed,
          .limits = task.limits,
          .hook = {.stand = kLabRouter},
          .plan = [&task](const Policy& p,
                          const Stand& s) { return lab_plan(p, s, task.pcap != nullptr); },
          .watched = true,
          .events = task.events,
          .pcap = task.pcap};
}

class Session {
 public:
  Session(const LabTask& task, Console& console);
  /// `signals` are let in once they are handled.
  LabResult run(const HeldSignals& signals);

 private:
  std::unique_ptr<Program> start(Side role);
  void hear(Side role, const std::string& line);
  StepRunner::Hands hands();
  void settle();
  void release();
  void start_followers();
  void go_through_steps();
  void stop();
  void reap();
  void tick();
  void tell_news(Time now);
  void wait_for_server();
  void arm_release();
  bool finished();
  LabResult result();
  LabFacts facts(const LabResult& result);
  std::string cut_off() const;
  EndpointTask endpoint_task(Side role) const;

  const LabTask& task_;
  Console& console_;
  ExampleEnds ends_;
  bool follows_steps_, converses_;
  Network network_;
  Delivery delivery_;
  Watcher watcher_;
  Station station_;
  Loop& loop_;
  const Engine& engine_;
  Driver& driver_;
  Conversations conversations_;
  SignalHandler on_interrupt_, on_terminate_, on_hang_up_, on_child_;
  Timer tick_, release_;
  std::unique_ptr<Program> server_, client_;
  /// Those that follow the steps, by Side; the other two converse.
  std::array<std::unique_ptr<Program>, 2> followers_;
  StepRunner steps_;
  KernelCounters client_before_, server_before_;
  std::optional<Time> started_;  // the client, or the steps
  std::optional<Time> client_ended_;
  bool release_armed_ = false, interrupted_ = false, out_of_time_ = false;
};

Session::Session(const LabTask& task, Console& console)
    : task_(task),
      console_(console),
      ends_(example_ends(task.policy->traffic, task.family)),
      follows_steps_(follows_steps(task)),
      converses_(!follows_steps_ || has_conversations(task.policy->lab.steps)),
      network_(lab_addresses(task.policy->traffic)),
      watcher_(network_.client(), network_.server(), delivery_),
      station_(station_task(task)),
      loop_(station_.loop()),
      engine_(station_.workers().first().engine()),
      driver_(station_.workers().first().driver()),
      on_interrupt_(loop_, SIGINT, [this] { stop(); }),
      on_terminate_(loop_, SIGTERM, [this] { stop(); }),
      on_hang_up_(loop_, SIGHUP, [this] { stop(); }),
      on_child_(loop_, SIGCHLD, [this] { reap(); }),
      tick_(loop_.get(), station_.clock(), [this] { tick(); }),
      release_(loop_.get(), station_.clock(), [this] { release(); }),
      steps_(task.policy->lab.steps, hands()) {
  set_sysctls(network_.client(), client_sysctls(*task.policy, task.family));
  set_sysctls(network_.server(), task.policy->lab.server_sysctls);
  client_before_ = read_counters(network_.client());
  server_before_ = read_counters(network_.server());
  station_.workers().add(watcher_);
  station_.begin();
}

StepRunner::Hands Session::hands() {
  return {
      .tell_end =
          [this](const LabStep& step) {
            followers_.at(static_cast<std::size_t>(step.end))->say(to_line(step));
          },
      .release = [this] { release(); },
      .begin_conversations = [this] { client_ = start(Side::client); },
      .state = [this](Side end) { return watcher_.state(end, driver_.now()); },
      .departures = [this](const std::string& rule) { return watcher_.departures(rule); },
      .conversations_over = [this] { return client_ && client_->status().has_value(); },
      .settle =
          [this] {
            settle();
            watcher_.look_at_all(driver_.now());
          },
  };
}

/// Until no segment is under way any more: what the queue has goes on, and what that leads to comes
/// to the queue.
void Session::settle() {
  // Bounded, should the ends never stop to talk.
  for (int rounds = 0; rounds < 1000; ++rounds) {
    delivery_.await();
    if (!driver_.drain()) return;
  }
}

void Session::release() {
  driver_.apply([](Engine& e, Time now, Actions& out) { e.obey(now, Release{ForHand{}}, out); });
}

LabResult Session::run(const HeldSignals& signals) {
  signals.let_in();
  if (follows_steps_) start_followers();
  if (converses_) server_ = start(Side::server);
  tick_.set(driver_.now());
  loop_.run();
  // What comes now waits for the next run, whose end it is.
  signals.keep_out();
  console_.clear_progress();
  return result();
}

void Session::start_followers() {
  for (const Side role : {Side::client, Side::server}) {
    EndpointTask task = endpoint_task(role);
    task.follows_steps = true;
    followers_.at(static_cast<std::size_t>(role)) =
        Program::built_in(loop_.get(), role == Side::server ? network_.server() : network_.client(),
                          role == Side::server ? "server" : "client", task,
                          [this, role](const std::string& line) { hear(role, line); });
  }
  if (!converses_) watcher_.expect(first_flow(task_.policy->lab.steps, ends_));
}

std::unique_ptr<Program> Session::start(Side role) {
  const bool server = role == Side::server;
  const std::string name = server ? "server" : "client";
  const Namespace& host = server ? network_.server() : network_.client();
  const std::string& command = server ? task_.server_command : task_.client_command;
  if (!command.empty()) {
    const std::string address = ends_.server.address.text();
    return Program::of_user(loop_.get(), host, name, command,
                            {{"LATESYN_SERVER", address},
                             {"LATESYN_CLIENT", ends_.client.address.text()},
                             {"LATESYN_PORT", std::to_string(ends_.server.port)},
                             {"LATESYN_URL", "http://" + ends_.server.text()}});
  }
  return Program::built_in(loop_.get(), host, name, endpoint_task(role),
                           [this, role](const std::string& line) { hear(role, line); });
}

void Session::hear(Side role, const std::string& line) {
  const Conversations::Heard heard = conversations_.hear(line);
  if (heard.step) return steps_.done(*heard.step, driver_.now());
  if (!heard.asks) return;
  // What it waits for has been looked at when all segments that are under way have.
  settle();
  const auto& program = role == Side::server ? server_ : client_;
  if (program) program->go_on();
}

EndpointTask Session::endpoint_task(Side role) const {
  const LabSettings& lab = task_.policy->lab;
  return {.role = role,
          .server = ends_.server,
          .client = ends_.client,
          .closer = lab.closer,
          .connections = lab.connections,
          .at_once = lab.at_once,
          .message_size = message_size(task_.policy->example)};
}

void Session::stop() {
  interrupted_ = true;
  loop_.stop();
}

/// All children, also those that the programs left to us.
void Session::reap() {
  int status = 0;
  for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0;
       pid = ::waitpid(-1, &status, WNOHANG)) {
    for (const auto& follower : followers_) {
      if (!follower || pid != follower->pid()) continue;
      follower->ended(exit_status(status));
      steps_.done("an end of its process: " + follower->last_words(), driver_.now());
    }
    if (server_ && pid == server_->pid()) server_->ended(exit_status(status));
    if (!client_ || pid != client_->pid()) continue;
    client_->ended(exit_status(status));
    if (!follows_steps_) client_ended_ = driver_.now();
  }
}

void Session::wait_for_server() {
  if (!converses_) {
    started_ = driver_.now();
    return;
  }
  if (watcher_.listens({ends_.client.address, 1}, ends_.server)) {
    if (!follows_steps_) client_ = start(Side::client);
    started_ = driver_.now();
    return;
  }
  const bool failed = server_->status().value_or(0) != 0;
  if (!failed && driver_.now().time_since_epoch() < kListenMax) return;
  throw std::runtime_error(
      fmt::format("the server {} and does not listen on {}; its last words:\n{}",
                  failed ? fmt::format("ended with status {}", *server_->status()) : "has had 10 s",
                  ends_.server.text(), server_->last_words()));
}

void Session::tick() {
  if (!started_) {
    wait_for_server();
    return tick_.set(driver_.now() + (started_ ? kTick : kTickBeforeListening));
  }
  const Time now = driver_.now();
  watcher_.look(now);
  tell_news(now);
  arm_release();
  go_through_steps();
  Progress progress;
  progress.add(engine_);
  console_.show_progress(progress_text(progress, now));
  out_of_time_ = now - *started_ >= task_.duration;
  if (out_of_time_ || finished()) return loop_.stop();
  tick_.set(driver_.now() + (steps_.over() ? kTick : kTickInSteps));
}

/// What no segment tells, but the sockets: everybody who watches hears of it.
void Session::tell_news(Time now) {
  for (const FlowKey& flow : watcher_.given_up()) {
    driver_.apply([&](Engine& e, Time at, Actions& out) { e.gave_up(at, flow, out); });
  }
  for (const Judged& judged : watcher_.news(now)) driver_.tell(judged);
}

void Session::go_through_steps() {
  if (!follows_steps_ || client_ended_) return;
  steps_.go_on(driver_.now());
  if (steps_.over()) client_ended_ = driver_.now();
}

void Session::arm_release() {
  if (release_armed_ || !task_.policy->lab.release || !watcher_.began()) return;
  release_armed_ = true;
  release_.set(*watcher_.began() + *task_.policy->lab.release);
}

bool Session::finished() {
  // After the last step nobody releases anything any more: what waits for that is held for good.
  if (!client_ended_ || (engine_.waiting() != 0 && !follows_steps_)) return false;
  const Time now = driver_.now();
  if (watcher_.settled()) return now - watcher_.last_segment() >= kQuiet;
  return now - std::max(*client_ended_, watcher_.last_departure()) >= task_.policy->lab.watch;
}

LabResult Session::result() {
  LabResult out;
  const Time now = driver_.now();
  watcher_.look(now);
  out.client = ends_.client;
  out.server = ends_.server;
  out.ladder = watcher_.ladder(now);
  tell_news(now);
  out.flows_left_out = watcher_.flows_left_out();
  const bool built_in = task_.server_command.empty() && task_.client_command.empty();
  if (built_in) out.example = mark_added(task_.policy->example, out.ladder);
  out.endpoints = conversations_.tallies();
  out.began = watcher_.began();
  out.out_of_time = out_of_time_;
  out.interrupted = interrupted_;
  out.waiting = engine_.waiting();
  const DeviceCounters device = station_.workers().device_counters();
  out.lost = device.lost + device.unsent + device.queue_failures;
  out.unsettled = delivery_.missed();
  out.report = station_.report();
  out.report.evidence = Evidence::sockets;
  out.report.ended = now;
  out.report.lab = facts(out);
  if (task_.client_command.empty() && converses_) {
    out.report.exchanges = conversations_.exchanges(task_.policy->lab.connections);
  }
  judge(*task_.policy, out.report);
  if (follows_steps_) {
    out.steps = steps_.result();
    out.report.expectations.push_back(finding_of(out.steps));
  }
  return out;
}

std::string Session::cut_off() const {
  if (interrupted_) return "interrupted: what stands here is what was seen so far";
  if (!out_of_time_) return {};
  const bool runs = client_ && !client_->status();
  return fmt::format("the time was up (--duration {}): {}", to_text(task_.duration),
                     runs                     ? "the client still ran"
                     : engine_.waiting() != 0 ? "something was still held"
                                              : "the ends were not at rest yet");
}

LabFacts Session::facts(const LabResult& result) {
  LabFacts facts{.client = watcher_.facts(Side::client, result.ladder),
                 .server = watcher_.facts(Side::server, result.ladder),
                 .accepted = conversations_.tallies().accepted,
                 .served = conversations_.tallies().served,
                 .cut_off = cut_off()};
  if (!task_.client_command.empty()) facts.client.command = client_ ? client_->end() : CommandEnd{};
  if (!task_.server_command.empty()) facts.server.command = server_ ? server_->end() : CommandEnd{};
  facts.client.counters = difference(client_before_, read_counters(network_.client()));
  facts.server.counters = difference(server_before_, read_counters(network_.server()));
  if (result.example) {
    facts.example_matched = result.example->matched;
    facts.example_lines = result.example->lines;
  }
  return facts;
}

}  // namespace

LabResult run_lab(const LabTask& task, Console& console) {
  schedule_lab();
  // The first process of a namespace gets no signal before it is handled, not even later.
  const HeldSignals later({SIGINT, SIGTERM, SIGHUP});
  return Session(task, console).run(later);
}

}  // namespace latesyn
