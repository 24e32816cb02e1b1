// The kernels do as the virtual world does: every shipped policy's example comes true in the lab.

#include <algorithm>

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {

TEST_CASE("lab: between kernels every shipped policy's example comes true, in both families") {
  std::vector<std::pair<std::string, BothFamilies>> runs;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(LATESYN_SOURCE "/policies")) {
    if (!entry.is_regular_file()) continue;
    runs.emplace_back(entry.path().filename(), BothFamilies({entry.path()}));
  }
  CHECK(runs.size() >= 11);
  for (auto& [name, both] : runs) {
    for (LabRun* run : both.runs()) {
      INFO(name << "\n" << run->printed() << run->said());
      CHECK(run->status() == 0);
      const auto& example = run->json().at("example");
      CHECK(example.at("first_missing") == nullptr);
      CHECK(example.at("matched") == example.at("lines"));
      CHECK(example.at("lines") > 0);
    }
  }
}

}  // namespace latesyn::test
