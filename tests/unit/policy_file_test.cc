#include "proxy/loader/policy_file.hpp"

#include <fstream>

#include "tests/unit/policy_text.hpp"
#include "tests/unit/scratch.hpp"

namespace latesyn::test {

TEST_CASE("the least policy says what it is about, and no more") {
  const Policy policy = policy_of("about = \"Nothing.\"");
  CHECK(policy.file == "p.toml");
  CHECK(policy.about == "Nothing.");
  CHECK(policy.traffic.empty());
  CHECK(policy.rules.empty());
  CHECK(policy.expectations.empty());
  CHECK(policy.example.empty());
}

TEST_CASE("text that is no TOML is refused where it stops being TOML") {
  CHECK(error_of("about = \"a\"\nrule = [") ==
        "p.toml:2:9: Error while parsing array: encountered end-of-file");
  CHECK(error_of("about = a") ==
        "p.toml:1:9: Error while parsing value: could not determine value type");
}

TEST_CASE("a policy must say what it is about") {
  CHECK(error_of("") ==
        "p.toml:1:1: \"about\" is missing from the policy; write for example about "
        "= \"The first SYN is lost.\"");
  CHECK(error_of("about = 3") ==
        "p.toml:1:9: \"about\" is 3; write a sentence in quotes that says "
        "what the policy is about");
}

TEST_CASE("an unknown key is refused at its place, with the keys that there are") {
  CHECK(error_of("about = \"a\"\n\n  trafic = 1") ==
        "p.toml:3:3: unknown key \"trafic\" in the policy; did you mean \"traffic\"? It is one of: "
        "about, source, traffic, limits, rule, replay, expect, lab, example");
  CHECK(error_of("about = \"a\"\n[nonsense]") ==
        "p.toml:2:2: unknown key \"nonsense\" in the policy; one of: about, source, traffic, "
        "limits, rule, replay, expect, lab, example");
}

TEST_CASE("a required key with a typing mistake is named as that") {
  CHECK(error_of("abuot = \"a\"") ==
        "p.toml:1:1: unknown key \"abuot\" in the policy; did you mean \"about\"? It is one of: "
        "about");
}

TEST_CASE("of several unknown keys the first in the file is named") {
  CHECK(error_of("about = \"a\"\nz = 1\na = 1").starts_with("p.toml:2:1: unknown key \"z\""));
}

TEST_CASE("a section of the wrong type is refused") {
  CHECK(error_of("about = \"a\"\ntraffic = 3") ==
        "p.toml:2:11: \"traffic\" is 3; write a table, [traffic]");
  CHECK(error_of("about = \"a\"\nrule = true") ==
        "p.toml:2:8: \"rule\" is true; write [[rule]] tables");
  CHECK(error_of("about = \"a\"\n[rule]\ndo = \"drop\"") ==
        "p.toml:2:1: \"rule\" is a table; write [[rule]] tables");
  CHECK(error_of("about = \"a\"\nexpect = 1979-05-27") ==
        "p.toml:2:10: \"expect\" is a date or time; write [[expect]] tables");
}

TEST_CASE("long text is shown by its beginning, and never half a character") {
  CHECK(error_of("about = \"a\"\nrule = \"" + std::string(59, 'x') + "äöü\"") ==
        "p.toml:2:8: \"rule\" is \"" + std::string(59, 'x') + "…\"; write [[rule]] tables");
}

TEST_CASE("a policy of more than a megabyte is refused") {
  CHECK(error_of("about = \"a\" #" + std::string(1024 * 1024, ' ')) ==
        "p.toml: this policy has 1048589 bytes; at most 1048576 are allowed");
}

TEST_CASE("a file that does not exist is named") {
  CHECK_THROWS_WITH(load_policy("no/such.toml"),
                    "no/such.toml: cannot read this policy: no such file; policies/ has examples");
}

TEST_CASE("a directory is no policy") {
  const Scratch scratch;
  CHECK_THROWS_WITH(load_policy(scratch.path()),
                    scratch.path().string() +
                        ": cannot read this policy: it is a directory or a device; name a file");
}

TEST_CASE("a device is no policy, and is not waited for") {
  CHECK_THROWS_WITH(
      load_policy("/dev/zero"),
      "/dev/zero: cannot read this policy: it is a directory or a device; name a file");
}

TEST_CASE("a file is read from the disk, and errors in it name it") {
  const Scratch scratch;
  const auto file = scratch.path() / "policy.toml";
  std::ofstream(file) << "about = \"Nothing.\"\n";
  CHECK(load_policy(file).about == "Nothing.");
  std::ofstream(file) << "about = 1\n";
  CHECK_THROWS_WITH(load_policy(file), Catch::StartsWith(file.string() + ":1:9: "));
}

}  // namespace latesyn::test
