#pragma once
// The answer: what became of every late SYN, and whether the policy's expectations held. As one
// JSON object and as tables for a terminal.

#include <nlohmann/json_fwd.hpp>

#include "proxy/engine/engine.hpp"
#include "proxy/policy/expectation.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

/// Where the outcomes were read.
enum class Evidence : std::uint8_t { wire, sockets };

struct Report {
  std::string policy;  // the file, as the user named it
  std::uint64_t seed = 0;
  Evidence evidence = Evidence::wire;
  Time ended;
  std::vector<Finding> expectations;
  /// What of them nobody could tell here (untold_by()); it counts for nothing.
  std::vector<std::string> not_judged = {};
  std::vector<LateSyn> late_syns;
  /// Whether anything in the policy could have made one late.
  bool can_make_syns_late = false;
  std::vector<RuleCount> rules;  // what each has done
  Counters counters;
  Tables tables;                       // at the end
  std::optional<Exchanges> exchanges;  // of the lab's built-in client
  std::optional<LabFacts> lab;         // none where no lab ran

  bool passed() const;
};

/// Adds the numbers of one of the run's engines. The late SYNs are those of its notes
/// (late_syn_list.hpp).
void add(const Engine& engine, Report& report);

/// Judges the policy's expectations by the rest of `report`, and in a lab also how it ended; says
/// what could have been.
void judge(const Policy& policy, Report& report);

/// At least `policy`, `seed`, `passed`, `expectations[]` (`text`, `passed`, `found`) and
/// `late_syns[]` (`rule`, `client`, `server`, `held_s`, `outcome`, `server_state_s`,
/// `reached_application`) and `rules[]` (`rule`, `matched`, `made`, `left`).
nlohmann::json to_json(const Report& report);

/// A table of the late SYNs and one of the rules, at most `rows` of each (the rest is counted in a
/// last line), and a line for each expectation.
std::string to_text(const Report& report, std::size_t rows = 20);

}  // namespace latesyn
