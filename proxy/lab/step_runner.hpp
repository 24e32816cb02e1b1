#pragma once
// Goes through the steps of the lab's script: each begins when the one before is done.

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "proxy/policy/expectation.hpp"
#include "proxy/policy/lab_step.hpp"

namespace latesyn {

/// What came of the steps.
struct StepsResult {
  std::size_t steps = 0, done = 0;
  /// The step that came to something else, and what; empty where none did.
  std::string problem;
};

/// That all were done, or not.
Finding finding_of(const StepsResult& steps);

class StepRunner {
 public:
  /// How the lab does what a step says. Each is called when everything before has come to rest.
  struct Hands {
    /// Begins a step of an end, which will be told done().
    std::function<void(const LabStep&)> tell_end;
    std::function<void()> release, begin_conversations;
    /// The state of the end's socket of the connection that was begun last.
    std::function<SocketState(Side)> state;
    /// How many packets that are told of by the rule's name have left late.
    std::function<std::uint64_t(const std::string& rule)> departures;
    std::function<bool()> conversations_over;
    /// Lets everything that is under way arrive, and looks at it.
    std::function<void()> settle;
  };
  StepRunner(const std::vector<LabStep>& steps, Hands hands)
      : steps_(steps), hands_(std::move(hands)) {}

  /// Begins what can be begun at `now`.
  void go_on(Time now);
  /// An end has done its step; `result` is empty where all went well.
  void done(const std::string& result, Time now);

  /// True once there is nothing more to do: all is done, or a step came to something else.
  bool over() const { return !problem_.empty() || next_ == steps_.size(); }
  StepsResult result() const;

 private:
  void begin(const LabStep& step);
  bool is_over(const LabStep& step, Time now);
  void finish(const LabStep& step, const std::string& result);

  const std::vector<LabStep>& steps_;
  Hands hands_;
  std::size_t next_ = 0;
  std::optional<Time> begun_;                     // the step next_
  std::map<std::string, std::uint64_t> awaited_;  // departures, by rule
  std::string problem_;
};

}  // namespace latesyn
