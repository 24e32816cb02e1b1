#include "tests/netns/torture/scene.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include "proxy/firewall/firewall.hpp"
#include "proxy/firewall/leftovers.hpp"
#include "proxy/intercept/plan.hpp"
#include "proxy/linux/exit_status.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/accounts.hpp"
#include "tests/netns/eventually.hpp"

namespace latesyn::torture {
namespace {

constexpr std::size_t kDiaryLines = 30;

/// The routes to hosts that nobody answers for, on either side: the router asks for them in vain.
constexpr const char* kRoutesToNobody =
    "route add 10.4.0.0/16 dev server\nroute add fd00:4::/64 dev server\n"
    "route add 10.5.0.0/16 dev client\nroute add fd00:5::/64 dev client\n"
    // … and those that are silent, because their packets end at the client's host.
    "route add 10.3.0.0/16 via 10.1.0.2 dev client onlink\n"
    "route add fd00:3::/64 via fd00:1::2 dev client onlink\n";

void add_routes(const Router& router) {
  const Inside inside(router.network().router());
  const CommandResult result = run_command({"ip", "-batch", "-"}, kRoutesToNobody);
  if (!result.ok()) throw std::runtime_error("could not set up routes: " + result.why());
}

/// Rules that a killed run has left have no owner.
bool has_bound_queue(const Router& router) {
  const Inside inside(router.network().router());
  for (const Family family : {Family::v4, Family::v6}) {
    const auto chains = find_chains(family);
    if (chains.size() != 1 || !chains[0].owner) return false;
  }
  return true;
}

/// One that comes before would end it. SIGUSR1 is the last that it sets up.
bool handles_signals(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("SigCgt:")) continue;
    return (std::stoull(line.substr(7), nullptr, 16) >> (SIGUSR1 - 1) & 1U) != 0;
  }
  return false;
}

}  // namespace

Scene::Scene(std::uint64_t seed) : rng_{seed, 0} {
  add_routes(router_);
  at_first_ = belongings(network().router());
  const std::vector<Endpoint> ends{router_.server(Family::v4), router_.server(Family::v6)};
  server_.emplace(network().server(), ends);
  talkers_.emplace(network().client(), ends, seed);
  next_ = any_policy(any_manner(rng_), rng_);
}

void Scene::begin_life() {
  ++life_;
  given_.clear();
  take_on(next_);
  write_policy(policy_.text);
  workers_ = static_cast<unsigned>(1 + any(2));
  std::vector<std::string> arguments{"run",       router_.path("p.toml"),
                                     "--json",    router_.path("report"),
                                     "--workers", std::to_string(workers_)};
  outputs_.emplace(router_, rng_);
  arguments.insert(arguments.end(), outputs_->arguments().begin(), outputs_->arguments().end());
  note(fmt::format("life {} begins{}: {}\n{}", life_, is_heard() ? "" : ", unheard",
                   fmt::join(arguments, " "), policy_.about));
  program_ = router_.start(arguments, outputs_->settings());
  if (!is_at_work()) complain(fmt::format("life {} did not begin: {}", life_, program_->said()));
}

void Scene::take_on(const AnyPolicy& policy) {
  policy_ = policy;
  policy_.handling.life = life_;
  talkers_->expect(policy_.handling);
  if (policy_.takes) given_.push_back(policy_.text);
}

/// What it says comes after its rules are in. One that is not heard is seen by them, if it has any.
bool Scene::is_at_work() {
  if (is_heard()) return program_->says("seed ");
  return eventually([this] {
    return handles_signals(program_->pid()) && (!policy_.takes || has_bound_queue(router_));
  });
}

void Scene::write_policy(const std::string& text) const {
  router_.write("next.toml", text);
  std::filesystem::rename(router_.path("next.toml"), router_.path("p.toml"));
}

void Scene::replace_policy() {
  // Seldom another manner: what two may do to a connection is forgiven more often.
  const Manner manner = any(4) == 0 ? any_manner(rng_) : policy_.manner;
  AnyPolicy next = any_policy(manner, rng_);
  next.handling.join(policy_.handling);
  take_on(next);
  if (!policy_.splices) return_from_kernel();
  write_policy(policy_.text);
}

bool Scene::has_its_rules() const {
  const Inside inside(network().router());
  const Hook hook{.workers = workers_};
  const std::map<Family, std::string> saved{{Family::v4, save_rules(Family::v4)},
                                            {Family::v6, save_rules(Family::v6)}};
  return std::ranges::any_of(given_, [&](const std::string& text) {
    const Policy policy = parse_policy(text, "given");
    return std::ranges::all_of(saved, [&](const auto& there) {
      const auto& [family, rules] = there;
      const auto meant =
          firewall_rules(make_plan(policy, hook.stand), policy.traffic, hook, family);
      return standing_in(rules, hook, meant).whole;
    });
  });
}

/// Handshakes of latesyn's go on without it meanwhile.
void Scene::begin_without_rules() {
  return_from_kernel();
  talkers_->expect(policy_.handling, policy_.handling.relayed);
  forgive([](const Prospect& one) { return one.handling.relayed && !one.answered; });
}

void Scene::end_without_rules() { talkers_->expect(policy_.handling); }

/// Flows whose numbers the kernel has shifted are latesyn's again. Those of a former life it knows
/// nothing of.
void Scene::return_from_kernel() {
  talkers_->each([this](Prospect& one) {
    if (!one.handling.spliced) return;
    one.handling.shifted = true;
    one.forgiven = one.forgiven || one.handling.life != life_;
  });
}

void Scene::end_life(Death death) {
  next_ = any_policy(any_manner(rng_), rng_);
  // Those that begin until it is dead may find it in the middle of their handshake.
  talkers_->expect(policy_.handling, policy_.handling.relayed);
  forgive_at_end(next_.splices && death != Death::killed_and_cleaned);
  if (death == Death::stopped) {
    stop();
    look_for_leftovers(false);
  } else {
    note("SIGKILL");
    program_->send(SIGKILL);
    if (program_->wait() != 128 + SIGKILL) complain("it had ended before: " + program_->said());
    if (death == Death::killed) look_for_leftovers(true);
  }
  talkers_->expect({.life = life_});
  if (death == Death::killed_and_cleaned) {
    note("clean");
    const auto clean = router_.start({"clean"});
    if (clean->wait() != 0) complain("clean: " + clean->said());
    look_for_leftovers(false);
  }
  program_.reset();
}

void Scene::stop() {
  Terminal* const terminal = outputs_->terminal();
  note(terminal != nullptr ? "the terminal is closed" : "SIGTERM");
  if (terminal != nullptr) {
    terminal->close();
  } else {
    program_->send(any(2) == 0 ? SIGTERM : SIGINT);
  }
  const int status = program_->wait(std::chrono::seconds(20));
  if (status == kAsExpected || status == kNotWhole) return look_at_report(status);
  complain(fmt::format("it ended with {}: {}", status, program_->said()));
}

/// No process, no namespace and no rule of a run is left; where its rules stay, it was killed, and
/// programs that it had started to change them come to their end by themselves.
void Scene::look_for_leftovers(bool rules_stay) {
  Belongings there;
  const auto none = [&] {
    there = belongings(network().router());
    if (rules_stay) there.rules = at_first_.rules;
    return there == at_first_;
  };
  if (rules_stay ? !eventually(none) : !none()) complain("left: " + text(there));
}

/// Decision 9 has what becomes of joined flows.
void Scene::forgive_at_end(bool goes_on_in_kernel) {
  forgive([&](const Prospect& one) {
    const Handling& handling = one.handling;
    return handling.shifted || (handling.relayed && !one.answered) ||
           (handling.spliced && !goes_on_in_kernel);
  });
}

void Scene::forgive(const std::function<bool(const Prospect&)>& which) {
  talkers_->each([&](Prospect& one) { one.forgiven = one.forgiven || which(one); });
}

void Scene::look_at_report(int status) {
  const auto report = router_.read_json("report");
  if (status != outputs_->status(report)) {
    complain(fmt::format("it ended with {}, but what it did not write was {}: {}", status,
                         report["unwritten"].dump(), program_->said()));
  }
  if (const auto missing = unaccounted(report); missing != 0) {
    complain(
        fmt::format("{} packets are not accounted for: {}", missing, report["counters"].dump()));
  }
}

void Scene::note(const std::string& what) {
  const std::chrono::duration<double> at = Clock::now() - began_;
  diary_.push_back(fmt::format("{:8.3f} s  {}", at.count(), what));
  if (diary_.size() > kDiaryLines) diary_.pop_front();
}

void Scene::complain(const std::string& what) {
  note("FOUND: " + what);
  complaints_.push_back(diary_.back());
}

std::string Scene::diary() const {
  std::string out;
  for (const std::string& line : diary_) out += line + "\n";
  return out;
}

}  // namespace latesyn::torture
