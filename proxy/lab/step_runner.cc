#include "proxy/lab/step_runner.hpp"

#include <fmt/format.h>

namespace latesyn {

Finding finding_of(const StepsResult& steps) {
  const std::string done = fmt::format("{} of {} steps done", steps.done, steps.steps);
  const bool all = steps.problem.empty() && steps.done == steps.steps;
  const std::string failed = steps.problem.empty() ? done : steps.problem;
  return {.text = fmt::format("all {} steps come to what they say", steps.steps),
          .found = all ? done : failed,
          .passed = all,
          .wanted = {"steps"},
          .got = {all ? "steps" : failed}};
}

void StepRunner::go_on(Time now) {
  while (!over()) {
    const LabStep& step = steps_[next_];
    if (!begun_) {
      hands_.settle();
      begun_ = now;
      begin(step);
    }
    // begin() may have been answered already.
    if (!begun_) continue;
    if (!is_over(step, now)) return;
    finish(step, {});
  }
}

void StepRunner::begin(const LabStep& step) {
  switch (step.verb) {
    case StepVerb::wait:
    case StepVerb::reach:
      return;
    case StepVerb::release:
      return hands_.release();
    case StepVerb::departure:
      ++awaited_[step.rule];
      return;
    case StepVerb::conversations:
      return hands_.begin_conversations();
    default:
      return hands_.tell_end(step);
  }
}

bool StepRunner::is_over(const LabStep& step, Time now) {
  switch (step.verb) {
    case StepVerb::wait:
      return now - *begun_ >= step.time;
    case StepVerb::reach:
      return hands_.state(step.end) == step.state;
    case StepVerb::release:
      return true;
    case StepVerb::departure:
      return hands_.departures(step.rule) >= awaited_[step.rule];
    case StepVerb::conversations:
      return hands_.conversations_over();
    default:
      return false;  // the end will say so
  }
}

void StepRunner::done(const std::string& result, Time now) {
  if (over() || !begun_) return;
  finish(steps_[next_], result);
  go_on(now);
}

void StepRunner::finish(const LabStep& step, const std::string& result) {
  if (result != step.result) {
    problem_ = fmt::format("step {}, \"{}\", got {}", next_ + 1, step.text,
                           result.empty() ? "no error" : result);
    return;
  }
  ++next_;
  begun_.reset();
}

StepsResult StepRunner::result() const {
  StepsResult out{.steps = steps_.size(), .done = next_, .problem = problem_};
  if (problem_.empty() && next_ != steps_.size()) {
    out.problem =
        fmt::format("step {}, \"{}\", was not done by the end", next_ + 1, steps_[next_].text);
  }
  return out;
}

}  // namespace latesyn
