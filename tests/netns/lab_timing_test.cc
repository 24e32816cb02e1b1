// How long connect() takes when a SYN is lost or late: what the policy says, and nothing on top.

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// A shipped policy, for twenty connections, `at_once` of them at the same time.
std::string twenty(const Folder& folder, const std::string& name, int at_once) {
  return folder.write(name, Folder::text(shipped(name)) + "\n[lab]\nconnections = 20\nat_once = " +
                                std::to_string(at_once) + "\n");
}

/// For each connection: when the segment with that place in its ladder came, after its first.
std::vector<double> waits(const nlohmann::json& report, std::size_t row) {
  std::vector<double> all;
  for (const auto& flow : report.at("ladder")) {
    const auto& rows = flow.at("rows");
    all.push_back(rows.at(row).at("at_s").get<double>() - rows.at(0).at("at_s").get<double>());
  }
  return all;
}

std::vector<double> connect_times(const nlohmann::json& report) {
  return report.at("exchanges").at("connect_s").get<std::vector<double>>();
}

constexpr double kOnTop = 0.005;  // seconds: the bound

}  // namespace

TEST_CASE("lab: connect() takes 300 ms longer when the SYN does, and no more", "[alone]") {
  const Folder folder;
  BothFamilies both({twenty(folder, "slow_syn.toml", 2)});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    const double took = median(connect_times(run->json()));
    CHECK(took >= 0.3);
    CHECK(took <= 0.3 + kOnTop);
  }
}

TEST_CASE("lab: connect() takes until the SYN's retransmission when the SYN is lost, and no more",
          "[alone]") {
  const Folder folder;
  BothFamilies both({twenty(folder, "lost_syn.toml", 5)});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    // The kernel's timer for one second rings up to an eighth later.
    const double retransmitted = median(waits(run->json(), 1));
    CHECK(retransmitted >= 0.99);
    CHECK(retransmitted <= 1.125);
    const double took = median(connect_times(run->json()));
    CHECK(took >= retransmitted - kOnTop);
    CHECK(took <= retransmitted + kOnTop);
  }
}

}  // namespace latesyn::test
