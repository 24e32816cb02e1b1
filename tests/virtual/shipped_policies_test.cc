// Every policy that we ship: its example comes true, and it stays readable on one screen.

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

std::vector<std::filesystem::path> shipped() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(LATESYN_SOURCE "/policies")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("every shipped policy's example comes true in virtual time") {
  const auto files = shipped();
  REQUIRE(files.size() >= 12);
  for (const auto& file : files) {
    DYNAMIC_SECTION(file.filename().string()) {
      const Policy policy = load_policy(file);
      REQUIRE_FALSE(policy.example.empty());
      CHECK(difference(policy.example, play(policy, 1).lines) == "");
    }
  }
}

}  // namespace latesyn::test
