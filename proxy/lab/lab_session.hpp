#pragma once
// One run of the lab: a policy between two real kernels, from empty namespaces to a report.

#include <vector>

#include "proxy/lab/lab_task.hpp"
#include "proxy/lab/ladder/example_match.hpp"
#include "proxy/lab/ladder/ladder.hpp"
#include "proxy/lab/step_runner.hpp"
#include "proxy/output/console.hpp"
#include "proxy/report/report.hpp"

namespace latesyn {

/// What the built-in endpoints told, or nothing where a command ran.
struct EndpointTallies {
  std::uint64_t accepted = 0;  // by the server's application
  std::uint64_t served = 0;    // of those, the ones that sent anything
  /// Of the client: "connection 7: connect: Connection refused".
  std::vector<std::string> problems;
};

struct LabResult {
  Report report;
  Endpoint client, server;  // the client's port is not known before
  std::vector<LadderFlow> ladder;
  std::uint64_t flows_left_out = 0;
  /// None where a command took part: the example is about the built-in conversation.
  std::optional<ExampleMatch> example;
  EndpointTallies endpoints;
  StepsResult steps;
  std::optional<Time> began;  // when the first segment came
  bool out_of_time = false, interrupted = false;
  std::uint64_t waiting = 0;  // departures that never came
  /// Packets that the driver could not handle; the states and outcomes are in doubt then.
  std::uint64_t lost = 0;
  /// Looks at the sockets that did not wait until all was delivered, because that took too long.
  std::uint64_t unsettled = 0;
};

/// Runs it. The calling process must be alone in its namespaces (isolation.hpp). Throws
/// std::runtime_error where it can't begin.
LabResult run_lab(const LabTask& task, Console& console);

}  // namespace latesyn
