#include "proxy/lab/lab_text.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

/// The row of a policy in the comparison of what policies cost.
std::string row_of(const std::string& policy) {
  const LabTask task{.policy = policy_of("about = \"a\"\n" + policy)};
  LabResult result;
  result.report.policy = "p.toml";
  const std::string text = comparison({task}, {result});
  return text.substr(text.find("p.toml"));
}

}  // namespace

TEST_CASE("a handshake of two messages counts as two, whatever makes it so") {
  const std::string two = "p.toml                               2  no late SYN",
                    three = "p.toml                               3  no late SYN";
  CHECK(row_of("").starts_with(three));
  CHECK(row_of("[traffic]\nhandshake = \"server-first\"").starts_with(three));
  CHECK(row_of("[traffic]\nhandshake = \"two-way\"").starts_with(two));
  CHECK(row_of("[[rule]]\ndo = \"handshake\"\nmode = \"two-way\"").starts_with(two));
  CHECK(row_of("[[rule]]\nwhen = { segment = \"syn-ack\" }\ndo = \"confirm\"").starts_with(two));
}

}  // namespace latesyn::test
