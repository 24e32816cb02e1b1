#pragma once
// What the lab is to play, and what follows from it before anything is started.

#include <string>
#include <vector>

#include "proxy/intercept/plan.hpp"
#include "proxy/output/output_file.hpp"
#include "proxy/policy/shared_policy.hpp"
#include "proxy/report/play.hpp"

namespace latesyn {

struct LabTask {
  SharedPolicy policy;
  std::uint64_t seed = 0;
  Family family = Family::v4;
  Duration duration{};
  Limits limits;
  /// Shell commands; empty: the built-in ones.
  std::string server_command, client_command;
  /// Files to write while it runs; null: none.
  OutputFile *events = nullptr, *pcap = nullptr;
};

/// A router whose packets all go through our hands, segment by segment, and leave when the engine
/// says so, because the ladder shows it.
inline constexpr Stand kLabRouter = [] {
  Stand stand = kRouter;
  stand.can_splice = stand.can_park = false;
  return stand;
}();

/// … and takes all of it in: whole, where it is captured in a file.
Plan lab_plan(const Policy& policy, const Stand& stand, bool captured);

/// A command of the user's takes the place of the whole built-in conversation, steps and all.
bool follows_steps(const LabTask& task);

bool has_conversations(const std::vector<LabStep>& steps);

/// The connection that the steps' first one will be, where they say from which port.
FlowKey first_flow(const std::vector<LabStep>& steps, const ExampleEnds& ends);

}  // namespace latesyn
