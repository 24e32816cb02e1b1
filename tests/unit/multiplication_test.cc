#include "proxy/policy/multiplication.hpp"

#include "proxy/describe/describe.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

std::uint64_t most(std::string_view rules) { return most_departures(with_rule(rules)); }

constexpr std::string_view kTwoDuplicates =
    "do = \"duplicate\"\ncount = 999\n[[rule]]\ndo = \"duplicate\"\ncount = 999";

}  // namespace

TEST_CASE("rules that copy copies multiply") {
  CHECK(most_departures(policy_of("about = \"a\"")) == 1);
  CHECK(most("do = \"hold\"") == 1);
  CHECK(most("do = \"drop\"") == 1);
  CHECK(most("do = \"duplicate\"\ncount = 3") == 4);
  CHECK(most(kTwoDuplicates) == 1'000'000);
  CHECK(most("do = \"drop\"\nwhen = {probability = 0.5}\n[[rule]]\ndo = \"duplicate\"") == 2);
  CHECK(most("do = \"reset\"\n[[rule]]\ndo = \"duplicate\"\ncount = 9") == 20);
}

TEST_CASE("copies multiply only where both rules can match, and act on them") {
  const std::string first = "do = \"duplicate\"\ncount = 9\nwhen = {segment = \"syn\", copy = 1}";
  const auto with = [&first](const std::string& second) {
    return most(first + "\n[[rule]]\ndo = \"duplicate\"\ncount = 9\n" + second);
  };
  CHECK(with("when = {copy = 1}") == 100);
  CHECK(with("when = {copy = 2}") == 10);
  CHECK(with("when = {segment = \"data\"}") == 10);
  CHECK(with("when = {connection = 7, direction = \"to-server\"}") == 100);
  CHECK(with("acts_on = \"original\"") == 19);
  CHECK(with("acts_on = \"forged\"") == 10);
}

TEST_CASE("errors about a segment are copied by nobody, forged segments are") {
  CHECK(most("do = \"icmp\"\nerror = \"host-unreachable\"\n[[rule]]\ndo = \"duplicate\"") == 3);
  CHECK(most("do = \"forge\"\n[[rule]]\ndo = \"duplicate\"") == 4);
}

TEST_CASE("more packets than can be counted are many") {
  std::string rules = "do = \"duplicate\"\ncount = 10000";
  for (int i = 0; i < 9; ++i) rules += "\n[[rule]]\ndo = \"duplicate\"\ncount = 10000";
  CHECK(most(rules) == kCrowd);
}

TEST_CASE("a policy that makes more of a packet than it may is told so") {
  const auto line = [](const std::string& text) {
    const std::string all = describe(policy_of(text));
    const std::size_t at = all.find("Copies: ");
    return at == std::string::npos ? "" : all.substr(at, all.find('\n', at) - at);
  };
  const std::string rules = "\n[[rule]]\n" + std::string(kTwoDuplicates);
  CHECK(line("about = \"a\"\n[[rule]]\ndo = \"drop\"") == "");
  CHECK(line("about = \"a\"" + rules) ==
        "Copies: up to 1000000 packets leave for one that comes in; one for which more than 1000 "
        "copies would leave passes instead, and is counted: raise [limits] copies where they are "
        "meant.");
  CHECK(line("about = \"a\"\n[limits]\ncopies = 1000000" + rules) ==
        "Copies: up to 1000000 packets leave for one that comes in.");
}

TEST_CASE("what [limits] may say is checked as the rest of a policy is") {
  CHECK(policy_of("about = \"a\"").limits.copies == 1000);
  CHECK(policy_of("about = \"a\"\n[limits]\ncopies = 5000").limits.copies == 5000);
  CHECK(error_of("about = \"a\"\n[limits]\ncopies = 0") ==
        "p.toml:3:10: \"copies\" is 0; write a whole number from 1 to 1000000");
  CHECK(error_of("about = \"a\"\n[limits]") ==
        "p.toml:2:1: \"copies\" is missing from [limits]; write for example copies = 5000");
}

}  // namespace latesyn::test
