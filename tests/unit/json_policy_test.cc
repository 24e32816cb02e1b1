// A policy that is JSON: the same keys, values and places as in TOML.

#include <fstream>

#include "proxy/describe/describe.hpp"
#include "proxy/document/document.hpp"
#include "tests/unit/policy_text.hpp"
#include "tests/unit/scratch.hpp"
#include "tests/unit/text_of.hpp"

namespace latesyn::test {
namespace {

/// Line 1 is the text's own first line.
std::string json_error(std::string_view text) {
  try {
    parse_policy(text, "p.json");
  } catch (const PolicyError& error) {
    return error.what();
  }
  return "";
}

std::string nested(unsigned depth) {
  return "{\"about\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

}  // namespace

TEST_CASE("a shipped policy says the same as JSON") {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(LATESYN_SOURCE "/policies")) {
    if (entry.path().extension() != ".toml") continue;
    ++count;
    DYNAMIC_SECTION(entry.path().filename().string()) {
      const std::string text = text_of(entry.path());
      const DocumentNode toml = parse_toml(text, "p.toml");
      const std::string converted = to_json_text(toml);
      CHECK(to_json_text(parse_json(converted, "p.json")) == converted);
      const Policy policy = parse_policy(text, "p.toml");
      Policy other = parse_policy(converted, "p.json");
      other.file = policy.file;
      CHECK(describe(other) == describe(policy));
      CHECK(other.example == policy.example);
      REQUIRE(other.rules.size() == policy.rules.size());
      for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        CHECK(other.rules[i].chance == policy.rules[i].chance);
      }
    }
  }
  CHECK(count >= 12);
}

TEST_CASE("an error in JSON names line, column and what would be right") {
  CHECK(
      json_error("{\n  \"about\": 3\n}") ==
      "p.json:2:12: \"about\" is 3; write a sentence in quotes that says what the policy is about");
  CHECK(json_error("{\"about\": \"a\",\n \"rule\": [\n  {\"do\": \"drop\", \"whenn\": {}}]}") ==
        "p.json:3:18: unknown key \"whenn\" in [[rule]]; did you mean \"when\"? It is one of: do, "
        "name, when, last, acts_on");
  CHECK(json_error("{\"about\": \"a\", \"rule\": [\r\n\t{\"do\" : \"drop\", \"last\" : 1.0}]}") ==
        "p.json:2:27: \"last\" is 1.0; write true or false");
  CHECK(
      json_error("{\"about\": \"a\", \"rule\": [{\"do\": \"hold\", \"when\": {\"copy\": [1]}}]}") ==
      "p.json:1:57: \"copy\" is a list; write a whole number from 1 to 4294967295");
}

TEST_CASE("a column is a character, behind escapes and letters of several bytes too") {
  CHECK(json_error("{\"about\": \"äö\\\"\\u00fc\\\\\", \"rule\": null}") ==
        "p.json:1:35: \"rule\" is null; write [[rule]] tables");
  CHECK(
      json_error("\xef\xbb\xbf{\"about\": 3}") ==
      "p.json:1:11: \"about\" is 3; write a sentence in quotes that says what the policy is about");
}

TEST_CASE("what is missing from a JSON policy is shown as JSON") {
  CHECK(
      json_error("{}") ==
      "p.json:1:1: \"about\" is missing from the policy; write for example \"about\": \"The first "
      "SYN is lost.\"");
  CHECK(json_error("{\"about\": \"a\", \"limits\": {}}") ==
        "p.json:1:26: \"copies\" is missing from [limits]; write for example \"copies\": 5000");
}

TEST_CASE("text that is no JSON is refused where it stops being JSON") {
  CHECK(json_error("") ==
        "p.json:1:1: syntax error while parsing value - unexpected end of input; "
        "expected '[', '{', or a literal");
  CHECK(json_error("{\"about\": \"a\"\n\"rule\": []}") ==
        "p.json:2:1: syntax error while parsing object - unexpected string literal; expected '}'");
  CHECK(json_error("{\"about\": \"a\",\n \"rule\": [1, 2,]}") ==
        "p.json:2:16: syntax error while parsing value - unexpected ']'; expected '[', '{', or a "
        "literal; there is no comma behind the last one");
  CHECK(json_error("{\"about\": \"a\",\n}") ==
        "p.json:2:1: syntax error while parsing object key - unexpected '}'; expected string "
        "literal; there is no comma behind the last one");
  CHECK(json_error("{\"about\": \"a\"}\n about") ==
        "p.json:2:2: syntax error while parsing value - invalid literal; expected end of input");
  CHECK(json_error("{\"about\": \"a\"} {}") ==
        "p.json:1:16: syntax error while parsing value - unexpected '{'; expected end of input");
  CHECK(json_error("{\"about\":\n \"a}") ==
        "p.json:2:2: syntax error while parsing value - invalid string: missing closing quote");
  CHECK(json_error("{\"about\": 'a'}") ==
        "p.json:1:11: syntax error while parsing value - invalid literal; text stands in double "
        "quotes: \"300ms\"");
  CHECK(json_error("{\"about\": \"a\xff\"}") ==
        "p.json:1:11: syntax error while parsing value - invalid string: ill-formed UTF-8 byte");
  CHECK(json_error("{\"about\": 01}") ==
        "p.json:1:12: syntax error while parsing object - unexpected number literal; expected '}'");
  CHECK(json_error("{\"about\":\n \"a\",, \"source\": \"b\"}") ==
        "p.json:2:6: syntax error while parsing object key - unexpected ','; expected string "
        "literal");
  CHECK(json_error("{\"about\": NaN}") ==
        "p.json:1:11: syntax error while parsing value - invalid literal");
}

TEST_CASE("JSON has no comments, and an error says so") {
  for (const std::string_view comment : {"// x", "/* x */", "# x"}) {
    CHECK(json_error("{\n  " + std::string(comment) + "\n  \"about\": \"a\"}") ==
          "p.json:2:3: syntax error while parsing object key - invalid literal; expected string "
          "literal; JSON has no comments: leave it out");
  }
}

TEST_CASE("a key that is there twice is refused in JSON at the second") {
  CHECK(json_error("{\"about\": \"a\",\n \"z\": 1,\n \"about\": \"b\"}") ==
        "p.json:3:2: \"about\" is there already, in line 1; leave one of them out");
}

TEST_CASE("a number that is too large is refused in JSON") {
  const std::string whole =
      "this number is too large; whole numbers go from -9223372036854775808 to 9223372036854775807";
  CHECK(json_error("{\"about\": 9223372036854775807}").starts_with("p.json:1:11: \"about\" is 92"));
  CHECK(json_error("{\"about\": 9223372036854775808}") == "p.json:1:11: " + whole);
  CHECK(json_error("{\"about\": -99999999999999999999}") == "p.json:1:11: " + whole);
  CHECK(json_error("{\"about\": " + std::string(1000, '9') + "}") ==
        "p.json:1:11: this number is too large");
  CHECK(json_error("{\"about\": [1, 1e999]}") == "p.json:1:15: this number is too large");
}

TEST_CASE("a policy is an object") {
  const std::string text = "a policy is an object; write { \"about\": \"The first SYN is lost.\" }";
  CHECK(json_error("\n [1]") == "p.json:2:2: " + text);
  CHECK(json_error("3") == "p.json:1:1: " + text);
}

TEST_CASE("what is nested too deep is refused at its place, in both forms") {
  const std::string text =
      "more than 32 tables and lists within each other; no key needs more than a few";
  CHECK(json_error(nested(32)).starts_with("p.json:1:10: \"about\" is a list"));
  CHECK(json_error(nested(33)) == "p.json:1:41: " + text);
  CHECK(json_error("{\"about\":" + std::string(500'000, '[')) == "p.json:1:41: " + text);
  CHECK(error_of("about = " + std::string(500'000, '[')) == "p.toml:1:41: " + text);
  std::string dotted = "a";
  for (int i = 0; i < 400'000; ++i) dotted += ".a";
  CHECK(error_of("# a comment\n" + dotted + " = 1") == "p.toml:2:64: " + text);
  CHECK(error_of("[" + dotted + "]\nbroken") == "p.toml:1:65: " + text);
  CHECK(error_of("x = {" + dotted.substr(0, 41) + " = {" + dotted.substr(0, 41) + " = 1}}") ==
        "p.toml:1:69: " + text);
}

TEST_CASE("dots and brackets in strings and comments nest nothing") {
  const std::string dots(100, '.'), brackets(100, '[');
  CHECK(error_of("# " + dots + brackets + "'\nabout = \"" + dots + "\\\"" + brackets +
                 "\"\nsource = '''" + dots + "\n" + brackets + "'''\n") == "");
  CHECK(error_of("about = 'a" + dots + "'\nsource = \"\"\"\n\"" + brackets + "\\\"\"\"\"\n") == "");
}

TEST_CASE("the file's name says what it is read as") {
  const Scratch scratch;
  const auto file = scratch.path() / "policy.json";
  std::ofstream(file) << "{\"about\": \"Nothing.\"}";
  CHECK(load_policy(file).about == "Nothing.");
  std::ofstream(file) << "about = \"Nothing.\"";
  CHECK_THROWS_WITH(load_policy(file), Catch::StartsWith(file.string() + ":1:1: syntax error"));
}

}  // namespace latesyn::test
