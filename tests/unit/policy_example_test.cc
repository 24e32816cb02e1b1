#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

std::string example_error(std::string_view keys) {
  return error_of("about = \"a\"\n[example]\n" + std::string(keys));
}

}  // namespace

TEST_CASE("the lines of an example are read in order") {
  const Policy policy = policy_of(
      "about = \"a\"\n[example]\nlines = [\"0.0 A --> <SEQ=100><CTL=SYN> --> B\", \"1.5 "
      "release\"]");
  REQUIRE(policy.example.size() == 2);
  CHECK(policy.example[0] == FigureLine{.seq = 100, .flags = {.syn = true}});
  CHECK(policy.example[1] ==
        FigureLine{.at = Time(std::chrono::milliseconds(1500)), .way = Way::release});
}

TEST_CASE("what is no line of a figure is refused where it stands") {
  CHECK(example_error("lines = [\n  \"1.5 release\",\n  \"2.0 A sends SYN\",\n]") ==
        "p.toml:5:3: \"lines\" is \"2.0 A sends SYN\"; write a line such as \"1.000 A --> "
        "<SEQ=100><CTL=SYN> --> B\"; docs/policy-reference.md shows all forms");
  CHECK(example_error("lines = [1]").starts_with("p.toml:3:10: \"lines\" is 1; write a line"));
}

TEST_CASE("time does not run backwards in an example") {
  CHECK(example_error("lines = [\"2.0 release\", \"2.0 release\", \"1.9 release\"]") ==
        "p.toml:3:40: this line is earlier than the one before it; put the lines in order of time");
}

TEST_CASE("an example has lines") {
  CHECK(example_error("") ==
        "p.toml:2:1: \"lines\" is missing from [example]; write for example lines = [\"0.0 A --> "
        "<SEQ=100><CTL=SYN> --> B\"]");
  CHECK(example_error("lines = []") ==
        "p.toml:3:9: \"lines\" is an empty list; write a list of lines");
}

}  // namespace latesyn::test
