// The kernels do as the virtual world does: every shipped policy's example comes true in the lab.

#include <algorithm>
#include <deque>

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

std::vector<std::string> shipped_policies() {
  std::vector<std::string> all;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(LATESYN_SOURCE "/policies")) {
    // Those of the RFC's figures are compared with the figures (lab_figures_test.cc).
    const bool figure = entry.path().parent_path().filename() == "rfc9293";
    if (entry.is_regular_file() && !figure) all.push_back(entry.path());
  }
  std::ranges::sort(all);
  return all;
}

void check_example(const std::string& policy, LabRun& run) {
  const int status = run.status();
  INFO(policy << "\n" << run.printed() << run.said());
  CHECK(status == 0);
  const auto& example = run.json().at("example");
  CHECK(example.at("first_missing") == nullptr);
  CHECK(example.at("matched") == example.at("lines"));
  CHECK(example.at("lines") > 0);
}

}  // namespace

TEST_CASE("lab: between kernels every shipped policy's example comes true, in both families") {
  const auto policies = shipped_policies();
  CHECK(policies.size() >= 11);
  // So many at the same time that it is soon over, and so few that none is late for the others.
  constexpr std::size_t kAtOnce = 4;
  std::deque<std::pair<std::string, BothFamilies>> running;
  const auto check_oldest = [&running] {
    auto& [policy, both] = running.front();
    for (LabRun* run : both.runs()) check_example(policy, *run);
    running.pop_front();
  };
  for (const std::string& policy : policies) {
    if (running.size() == kAtOnce) check_oldest();
    running.emplace_back(policy, BothFamilies({policy}));
  }
  while (!running.empty()) check_oldest();
}

}  // namespace latesyn::test
