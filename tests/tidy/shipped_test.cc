// What users read and copy first: impairments and policies are short, and named after themselves.

#include <algorithm>

#include "tests/tidy/source_file.hpp"

namespace latesyn::test {
namespace {

constexpr std::size_t kImpairmentMax = 60, kRememberingMax = 90, kPolicyMax = 39;

bool has_line(const SourceFile& file, std::string_view text) {
  return std::ranges::any_of(
      file.lines, [text](const std::string& line) { return line.find(text) != line.npos; });
}

Complaints odd_impairment(const SourceFile& file) {
  if (!in(file, "impair") || !file.path.ends_with(".cc") || stem(file) == "impairment") return {};
  Complaints out;
  const bool remembers = std::ranges::any_of(file.lines, [](const std::string& line) {
    return line.find("public Remembers<") != line.npos;
  });
  const std::size_t most = remembers ? kRememberingMax : kImpairmentMax;
  if (file.lines.size() > most && !says_why_long(file)) {
    out.push_back(complaint(file, file.lines.size(),
                            "an impairment has at most 60 lines, or 90 where it remembers"));
  }
  if (!has_line(file, "    .name = \"" + stem(file) + "\",")) {
    out.push_back(complaint(file, 1, "an impairment is registered by the name of its file"));
  }
  return out;
}

/// Whatever it is called in C++, a condition's file is found by what users write.
Complaints odd_condition(const SourceFile& file) {
  if (!in(file, "proxy/match") || !file.path.ends_with(".cc")) return {};
  const bool registers = has_line(file, "const RegisteredCondition ");
  if (!registers || has_line(file, "    .key = \"" + stem(file) + "\",")) return {};
  return {complaint(file, 1, "a condition is registered by the name of its file")};
}

Complaints odd_policy(const SourceFile& file) {
  if (!in(file, "policies")) return {};  // what the fuzzer chews on has no form
  Complaints out;
  if (file.lines.size() > kPolicyMax) {
    out.push_back(complaint(file, file.lines.size(), "a policy has fewer than 40 lines"));
  }
  const auto key = std::ranges::find_if(
      file.lines, [](const std::string& l) { return !l.empty() && !l.starts_with('#'); });
  if (key == file.lines.end() || !key->starts_with("about")) {
    out.push_back(complaint(file, 1, "a policy opens with about"));
  }
  if (!has_line(file, "[example]")) {
    out.push_back(complaint(file, 1, "a policy has an example"));
  }
  return out;
}

}  // namespace

TEST_CASE("every impairment is short and registered by the name of its file") {
  CHECK(complaints_about_tree(odd_impairment) == Complaints{});
}

TEST_CASE("an impairment that is long or has another name is found") {
  CHECK(odd_impairment(snippet("impair/drop.cc", "    .name = \"dorp\",\n")) ==
        Complaints{"impair/drop.cc:1: an impairment is registered by the name of its file"});
  CHECK(odd_impairment(
            snippet("impair/drop.cc", "    .name = \"drop\",\n" + std::string(60, '\n'))) ==
        Complaints{
            "impair/drop.cc:61: an impairment has at most 60 lines, or 90 where it remembers"});
  CHECK(odd_impairment(snippet("impair/drop.cc", "    .name = \"drop\",\n")).empty());
  const std::string loss = "class L : public Remembers<int> {\n    .name = \"loss\",\n";
  CHECK(odd_impairment(snippet("impair/loss.cc", loss + std::string(88, '\n'))).empty());
  CHECK(odd_impairment(snippet("impair/loss.cc", loss + std::string(89, '\n'))) ==
        Complaints{
            "impair/loss.cc:91: an impairment has at most 60 lines, or 90 where it remembers"});
}

TEST_CASE("every condition is registered by the name of its file") {
  CHECK(complaints_about_tree(odd_condition) == Complaints{});
  const std::string registered = "const RegisteredCondition ecn_condition({\n    .key = \"enc\",\n";
  CHECK(odd_condition(snippet("proxy/match/ecn.cc", registered)) ==
        Complaints{"proxy/match/ecn.cc:1: a condition is registered by the name of its file"});
  CHECK(odd_condition(snippet("proxy/match/match.cc", "")).empty());
}

TEST_CASE("every shipped policy opens with about, has an example and fits a screen") {
  const auto policies = files_of_tree(".toml");
  CHECK(policies.size() >= 2);
  for (const SourceFile& policy : policies) CHECK(odd_policy(policy) == Complaints{});
}

TEST_CASE("a policy that is long, or has no about or example, is found") {
  CHECK(odd_policy(snippet("policies/p.toml", "# A comment.\n[traffic]\nabout = 1\n")) ==
        Complaints{"policies/p.toml:1: a policy opens with about",
                   "policies/p.toml:1: a policy has an example"});
  CHECK(odd_policy(
            snippet("policies/p.toml", "about = \"x\"\n[example]\n" + std::string(38, '\n'))) ==
        Complaints{"policies/p.toml:40: a policy has fewer than 40 lines"});
}

}  // namespace latesyn::test
