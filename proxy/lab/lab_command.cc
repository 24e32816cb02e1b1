#include "proxy/lab/lab_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <random>

#include "proxy/lab/lab_text.hpp"
#include "proxy/lab/ladder/ladder_picture.hpp"
#include "proxy/lab/running_kernel.hpp"
#include "proxy/linux/exit_status.hpp"
#include "proxy/linux/families.hpp"
#include "proxy/process/isolation.hpp"
#include "proxy/report/play.hpp"
#include "proxy/watch/capture_reader.hpp"

namespace latesyn {
namespace {

/// Before anything is written: no policy or capture is lost where one of them is wrong.
std::vector<SharedPolicy> load(const std::vector<std::string>& files) {
  std::vector<SharedPolicy> policies;
  for (const std::string& file : files) policies.emplace_back(load_whole_policy(file));
  return policies;
}

OutputRules rules_for(const LabOptions& options, const std::vector<SharedPolicy>& policies) {
  OutputRules rules{.force = options.force, .untouched = {}};
  for (const SharedPolicy& policy : policies) {
    for (auto& path : files_of(*policy)) rules.untouched.push_back(std::move(path));
  }
  return rules;
}

struct Outputs {
  std::optional<OutputFile> json, events, pcap, svg;

  Outputs(const LabOptions& options, const OutputRules& rules) {
    constexpr auto kObject = OutputForm::object;
    if (!options.json.empty()) json.emplace(options.json, "the report", rules, kObject);
    if (!options.events.empty()) events.emplace(options.events, "the event log", rules);
    if (!options.pcap.empty()) pcap.emplace(options.pcap, "the capture", rules);
    if (!options.svg.empty()) svg.emplace(options.svg, "the picture", rules, kObject);
  }
  bool whole() {
    bool all = true;
    for (auto* file : {&json, &events, &pcap, &svg}) {
      if (!*file) continue;
      (*file)->finish();
      all = all && (*file)->whole();
    }
    return all;
  }
};

/// Throws where the policy has no server of a family that the user wants.
Family family_for(const Policy& policy, const LabOptions& options) {
  const Family family = options.family.value_or(preferred_family(policy.traffic));
  if (!policy.traffic.has(family)) {
    throw std::runtime_error(fmt::format("{}: [traffic] names no {} end; leave out -{}, or add one",
                                         policy.file, family_name(family),
                                         family == Family::v4 ? 4 : 6));
  }
  return family;
}

/// Throws where nothing that the policy says can be shown here.
void check_kernel(const Policy& policy) {
  const std::string why = not_on_this_kernel(policy.lab.kernels, kernel_release());
  if (why.empty()) return;
  throw std::runtime_error(
      fmt::format("{}: not on this kernel: {}; to see what this one does, take kernel out of its "
                  "[lab]",
                  policy.file, why));
}

std::uint64_t any_seed() {
  std::random_device device;
  return device() % 1'000'000;  // short enough to type again
}

LabTask task_for(const LabOptions& options, const SharedPolicy& policy, Outputs& outputs) {
  check_kernel(*policy);
  return {.policy = policy,
          .family = family_for(*policy, options),
          .duration = options.duration.value_or(std::chrono::minutes(5)),
          .limits = {.waiting_bytes = options.held_bytes},
          .server_command = options.server,
          .client_command = options.client,
          .events = outputs.events ? &*outputs.events : nullptr,
          .pcap = outputs.pcap ? &*outputs.pcap : nullptr};
}

std::vector<LabTask> tasks_for(const LabOptions& options, const std::vector<SharedPolicy>& policies,
                               Outputs& outputs) {
  if (policies.size() > 1 && (outputs.events || outputs.pcap || outputs.svg)) {
    throw std::runtime_error("--events, --pcap and --svg are for one policy; run the lab for each");
  }
  const std::uint64_t seed = options.seed.value_or(any_seed());
  std::vector<LabTask> tasks;
  for (const SharedPolicy& policy : policies) {
    tasks.push_back(task_for(options, policy, outputs));
    tasks.back().seed = seed;
  }
  return tasks;
}

void write_json(OutputFile& file, const std::vector<LabResult>& results) {
  nlohmann::json all = nlohmann::json::array();
  for (const LabResult& result : results) all.push_back(to_json(result));
  file.write_large((all.size() == 1 ? all[0] : all).dump(2) + "\n");
}

void write_svg(OutputFile& file, const LabResult& result) {
  if (result.ladder.empty()) return;
  const auto late = std::ranges::find_if(result.ladder, &LadderFlow::late_syn);
  const LadderFlow& flow = late == result.ladder.end() ? result.ladder.front() : *late;
  file.write(to_svg(flow, result.report.policy));
}

int run_tasks(const std::vector<LabTask>& tasks, Outputs& outputs) {
  const auto console = Console::install();
  std::vector<LabResult> results;
  for (const LabTask& task : tasks) {
    fmt::print("{}", heading(task));
    std::fflush(stdout);
    results.push_back(run_lab(task, *console));
    fmt::print("{}\n", to_text(results.back()));
    std::fflush(stdout);
    if (results.back().interrupted) break;
  }
  if (tasks.size() > 1) fmt::print("{}", comparison(tasks, results));
  if (outputs.json) write_json(*outputs.json, results);
  if (outputs.svg) write_svg(*outputs.svg, results.front());
  if (!outputs.whole()) return kNotWhole;
  return std::ranges::all_of(results, [](const LabResult& r) { return r.report.passed(); })
             ? kAsExpected
             : kNotAsExpected;
}

}  // namespace

int lab(const LabOptions& options) {
  // A reader of our output that goes away must not take us along.
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<SharedPolicy> policies = load(options.policies);
  Outputs outputs(options, rules_for(options, policies));
  const std::vector<LabTask> tasks = tasks_for(options, policies, outputs);
  return run_isolated([&] { return run_tasks(tasks, outputs); });
}

}  // namespace latesyn
