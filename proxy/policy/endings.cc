#include "proxy/policy/endings.hpp"

#include <algorithm>

namespace latesyn {
namespace {

Finding judge_client(const CommandEnd& end) {
  return {.text = "the client's command ends with status 0",
          .found = "client: " + text(end),
          .passed = end.succeeded(),
          .wanted = {"client status 0"},
          .got = {brief_text("client", end)}};
}

/// A server usually runs until it is killed; one that ends by itself may have failed.
Finding judge_server(const CommandEnd& end) {
  const bool fine = !end.status || end.succeeded();
  return {.text = "the server's command runs to the end of the lab, or ends with status 0",
          .found = "server: " + text(end),
          .passed = fine,
          .wanted = {"server alive"},
          .got = {fine ? "server alive" : brief_text("server", end)}};
}

}  // namespace

std::vector<Finding> judge_endings(const std::vector<Expectation>& expectations,
                                   const LabFacts& facts) {
  const bool asks_client = std::ranges::any_of(
      expectations, [](const Expectation& e) { return e.intact || e.lab.client.status; });
  const bool asks_server = std::ranges::any_of(
      expectations, [](const Expectation& e) { return e.lab.server.status.has_value(); });
  std::vector<Finding> findings;
  if (facts.client.command && !asks_client) findings.push_back(judge_client(*facts.client.command));
  if (facts.server.command && !asks_server) findings.push_back(judge_server(*facts.server.command));
  if (!facts.cut_off.empty()) {
    findings.push_back({.text = "the lab comes to its end",
                        .found = facts.cut_off,
                        .passed = false,
                        .wanted = {"an end"},
                        .got = {"cut off"}});
  }
  return findings;
}

}  // namespace latesyn
