// docs/reliability.md promises nothing that no test shows: each row names its tests, and there are
// tests of these names.

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include "tests/tidy/source_file.hpp"

namespace latesyn::test {
namespace {

using Names = std::set<std::string>;

/// Quoted parts in a row are one string, as in C++. From `at`, which stands before a quote.
std::string string_at(const std::string& text, std::size_t at) {
  std::string out;
  while (at < text.size() && text[at] == '"') {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
      out += text[at];
    }
    at = text.find_first_not_of(" \n", at + 1);
  }
  return out;
}

Names names_of_tests(const SourceFile& file) {
  std::string text;
  for (const std::string& line : file.lines) text += line + "\n";
  Names names;
  const std::string opening = "\nTEST_CASE(";
  for (auto at = text.find(opening); at != text.npos; at = text.find(opening, at + 1)) {
    names.insert(string_at(text, text.find('"', at)));
  }
  return names;
}

/// What stands between backquotes in a row's last cell.
std::vector<std::string> tests_of_row(const std::string& row) {
  static const std::regex quoted("`([^`]*)`");
  const auto cell = row.rfind('|', row.size() - 2);
  std::vector<std::string> out;
  for (std::sregex_iterator i(row.begin() + static_cast<std::ptrdiff_t>(cell), row.end(), quoted),
       end;
       i != end; ++i) {
    out.push_back((*i)[1]);
  }
  return out;
}

/// A table's heading is above the line of dashes, and has no tests.
Complaints unshown_promises(const SourceFile& page, const Names& tests) {
  Complaints out;
  bool in_table = false;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const std::string& line = page.lines[i];
    if (!line.starts_with("| ")) in_table = false;
    if (in_table) {
      const auto names = tests_of_row(line);
      if (names.empty()) out.push_back(complaint(page, i + 1, "the row names no test"));
      for (const std::string& name : names) {
        if (!tests.contains(name)) {
          out.push_back(complaint(page, i + 1, "no test is called \"" + name + "\""));
        }
      }
    }
    if (line.starts_with("| ---")) in_table = true;
  }
  return out;
}

SourceFile page_of_docs(const std::string& path) {
  std::ifstream file(std::string(LATESYN_SOURCE "/") + path);
  return snippet(path, std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

TEST_CASE("every promise of docs/reliability.md names tests that exist") {
  Names all;
  for (const SourceFile& file : files_of_tree(".cc")) all.merge(names_of_tests(file));
  CHECK(all.size() > 500);
  const SourceFile page = page_of_docs("docs/reliability.md");
  CHECK(std::ranges::count_if(page.lines, [](const auto& l) { return l.starts_with("| "); }) > 30);
  CHECK(unshown_promises(page, all) == Complaints{});
}

TEST_CASE("a promise that no test shows is found") {
  const Names tests = names_of_tests(snippet(
      "a_test.cc", "\nTEST_CASE(\"a \\\"b\\\" \"\n    \"c\") {\n\nTEST_CASE(\"d\", \"[x]\") {\n"));
  CHECK(tests == Names{"a \"b\" c", "d"});
  const SourceFile page = snippet("docs/reliability.md",
                                  "| event | `what` | test |\n| --- | --- | --- |\n"
                                  "| killed | `x` | `a \"b\" c`, `d` |\n| full | `d` | `e` |\n"
                                  "| flooded | `d` | none |\n\n| ends | here | |\n");
  CHECK(unshown_promises(page, tests) ==
        Complaints{"docs/reliability.md:4: no test is called \"e\"",
                   "docs/reliability.md:5: the row names no test"});
}

}  // namespace latesyn::test
