// docs/policy-reference.md says what the program says, and its examples are policies.

#include <algorithm>
#include <sstream>

#include "proxy/describe/describe.hpp"
#include "proxy/document/document.hpp"
#include "proxy/handshake/handshake.hpp"
#include "tests/unit/policy_text.hpp"
#include "tests/unit/text_of.hpp"

namespace latesyn::test {
namespace {

/// What stands between the marks of this language.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  const std::string start = "```" + language + "\n";
  std::vector<std::string> out;
  for (std::size_t at = text.find(start); at != text.npos; at = text.find(start, at)) {
    at += start.size();
    out.push_back(text.substr(at, text.find("```", at) - at));
  }
  return out;
}

/// The words of `all` that the reference does not have as "`\"word\"`".
std::vector<std::string> absent(std::span<const std::string_view> all) {
  const std::string reference = text_of("docs/policy-reference.md");
  std::vector<std::string> out;
  for (const std::string_view word : all) {
    if (reference.find("`\"" + std::string(word) + "\"`") == reference.npos) out.emplace_back(word);
  }
  return out;
}

}  // namespace

TEST_CASE("the policy reference lists the impairments as the program does") {
  const auto texts = blocks(text_of("docs/policy-reference.md"), "text");
  CHECK(std::ranges::count(texts, describe_impairments()) == 1);
}

TEST_CASE("the policy reference has the conditions as the program has them") {
  std::string rows = "| key | kind | |\n| --- | --- | --- |\n";
  for (const ConditionKind& kind : conditions()) {
    rows += "| `" + std::string(kind.key) + "` | " + std::string(kind.takes) + " | " +
            std::string(kind.about) + " |\n";
  }
  const std::string reference = text_of("docs/policy-reference.md");
  const std::size_t at = reference.find("## `when`");
  const std::size_t table = reference.find("| key ", at);
  CHECK(reference.substr(table, reference.find("\n\n", table) + 1 - table) == rows);
}

TEST_CASE("every example in the policy reference and the README is a policy") {
  for (const std::string file : {"docs/policy-reference.md", "README.md"}) {
    const auto examples = blocks(text_of(file), "toml");
    CHECK_FALSE(examples.empty());
    for (const std::string& text : examples) {
      CAPTURE(file, text);
      CHECK(error_of(text.starts_with("about") ? text : "about = \"a\"\n" + text) == "");
    }
  }
}

TEST_CASE("the policy at the top of the reference is also there in JSON") {
  const std::string reference = text_of("docs/policy-reference.md");
  const auto json = blocks(reference, "json");
  REQUIRE(json.size() == 1);
  CHECK(to_json_text(parse_json(json[0], "p.json")) ==
        to_json_text(parse_toml(blocks(reference, "toml")[0], "p.toml")));
}

TEST_CASE("the policy reference has every word that a policy may use") {
  using Words = std::vector<std::string>;
  CHECK(absent(kSegmentKindNames) == Words{});
  CHECK(absent(kOutcomeNames) == Words{});
  CHECK(absent(kHandshakeModeNames) == Words{});
  CHECK(absent(kUnreachableNames) == Words{});
}

TEST_CASE("the forms of lines that the policy reference shows are read") {
  const auto texts = blocks(text_of("docs/policy-reference.md"), "text");
  const auto lines = std::ranges::find_if(
      texts, [](const std::string& text) { return text.starts_with("0.000"); });
  REQUIRE(lines != texts.end());
  std::istringstream in(*lines);
  for (std::string line; std::getline(in, line);) {
    CAPTURE(line);
    const std::string form = line.substr(0, line.find("   "));
    CHECK(parse_figure_line(form));
  }
}

TEST_CASE("the policy reference shows every key that the loader asks for") {
  const std::string reference = text_of("docs/policy-reference.md");
  // An unknown key is answered with all that there are.
  for (const std::string_view text :
       {"x = 1", "[traffic]\nx = 1", "[[rule]]\ndo = \"drop\"\nx = 1",
        "[[rule]]\ndo = \"drop\"\nwhen = { x = 1 }", "[[expect]]\nx = 1", "[lab]\nx = 1",
        "[example]\nlines = [\"0 release\"]\nx = 1"}) {
    const std::string error = error_of("about = \"a\"\n" + std::string(text));
    std::istringstream keys(error.substr(error.find("one of: ") + 8));
    for (std::string key; std::getline(keys >> std::ws, key, ',');) {
      CAPTURE(error, key);
      const bool shown = reference.find("`" + key + "`") != reference.npos ||
                         reference.find("[" + key + "]") != reference.npos;
      CHECK(shown);
    }
  }
}

}  // namespace latesyn::test
