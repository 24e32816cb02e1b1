// Many connections at the same time.

#include <set>

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {

TEST_CASE("lab: of 300 connections every third has one late SYN, and all exchanges are intact") {
  BothFamilies both({shipped("every_third.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const auto& report = run->json();
    std::set<int> expected, found;
    for (int i = 3; i <= 300; i += 3) expected.insert(i);
    for (const int number : of_late_syns<int>(report, "connection")) found.insert(number);
    CHECK(report.at("late_syns").size() == 100);
    CHECK(found == expected);
    CHECK(of_late_syns<std::string>(report, "outcome") == Rows(100, "reset"));
    CHECK(of_late_syns<bool>(report, "reached_application") == std::vector<bool>(100, false));
    CHECK(report.at("exchanges").at("intact") == 300);
    CHECK(report.at("lab").at("accepted") == 300);
    CHECK(report.at("lab").at("lost") == 0);
    CHECK(report.at("ladder").size() == 300);
  }
}

}  // namespace latesyn::test
