#include "proxy/lab/lab_task.hpp"

#include <algorithm>

namespace latesyn {

Plan lab_plan(const Policy& policy, const Stand& stand, bool captured) {
  Plan plan = make_plan(policy, stand);
  const Plan whole;
  plan.copy_bytes = captured ? whole.copy_bytes : std::max(plan.copy_bytes, 256U);
  plan.take = Take::all;
  return plan;
}

bool follows_steps(const LabTask& task) {
  return !task.policy->lab.steps.empty() && task.server_command.empty() &&
         task.client_command.empty();
}

bool has_conversations(const std::vector<LabStep>& steps) {
  return std::ranges::any_of(
      steps, [](const LabStep& step) { return step.verb == StepVerb::conversations; });
}

FlowKey first_flow(const std::vector<LabStep>& steps, const ExampleEnds& ends) {
  FlowKey flow{ends.client, ends.server};
  const auto first = std::ranges::find_if(
      steps, [](const LabStep& s) { return s.end == Side::client && s.from != 0; });
  if (first != steps.end()) flow.client.port = first->from;
  return flow;
}

}  // namespace latesyn
