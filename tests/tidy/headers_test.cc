// What a newcomer meets first: names of files, and the first lines of headers.

#include <map>
#include <regex>

#include "tests/tidy/source_file.hpp"

namespace latesyn::test {
namespace {

Complaints plain_openings(const SourceFile& file) {
  if (!file.path.ends_with(".hpp")) return {};
  if (file.lines.empty() || file.lines[0] != "#pragma once") {
    return {complaint(file, 1, "a header opens with #pragma once")};
  }
  if (file.lines.size() < 2 || !file.lines[1].starts_with("// ")) {
    return {complaint(file, 2, "a header says what it is for")};
  }
  return {};
}

Complaints odd_names(const SourceFile& file) {
  static const std::regex snake_case("([a-z0-9_]+/)*[a-z0-9_]+\\.(cc|hpp|toml)");
  if (std::regex_match(file.path, snake_case)) return {};
  return {complaint(file, 1, "names of files are in snake_case")};
}

Complaints upward_paths(const SourceFile& file) {
  Complaints out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string_view line = file.lines[i];
    if (line.starts_with("#include \"") && line.find('/') == line.npos) {
      out.push_back(complaint(file, i + 1, "includes start from the root of the tree"));
    }
  }
  return out;
}

/// Types that are defined at the outermost level of a header's namespace.
std::vector<std::string> types_of(const SourceFile& file) {
  static const std::regex definition(
      "(?:enum )?(?:class|struct|union) ([A-Za-z]+)(?: final)?(?: : [^;]*)?( \\{.*|)");
  std::vector<std::string> types;
  for (const std::string& line : file.lines) {
    std::smatch found;
    if (std::regex_match(line, found, definition)) types.push_back(found[1]);
  }
  return types;
}

/// Two of one name are one type for the linker, which takes the functions of either for both.
Complaints second_meanings(const std::vector<SourceFile>& headers) {
  Complaints out;
  std::map<std::string, std::string> first;
  for (const SourceFile& file : headers) {
    if (!in(file, "proxy") && !in(file, "impair")) continue;
    for (const std::string& type : types_of(file)) {
      const auto [known, is_new] = first.try_emplace(type, file.path);
      if (!is_new) out.push_back(type + " is defined in " + known->second + " and " + file.path);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("every header opens with #pragma once and says what it is for") {
  CHECK(complaints_about_tree(plain_openings) == Complaints{});
}

TEST_CASE("a header without an opening is found") {
  CHECK(plain_openings(snippet("a.hpp", "#include <vector>\n")) ==
        Complaints{"a.hpp:1: a header opens with #pragma once"});
  CHECK(plain_openings(snippet("a.hpp", "#pragma once\n\n#include <vector>\n")) ==
        Complaints{"a.hpp:2: a header says what it is for"});
  CHECK(plain_openings(snippet("a.hpp", "#pragma once\n// What it is for.\n")).empty());
}

TEST_CASE("every file is named in snake_case") {
  CHECK(complaints_about_tree(odd_names) == Complaints{});
  for (const SourceFile& file : files_of_tree(".toml")) CHECK(odd_names(file).empty());
}

TEST_CASE("a name in another case is found") {
  CHECK(odd_names(snippet("proxy/engine/TcpView.cc", "")).size() == 1);
  CHECK(odd_names(snippet("policies/two-way.toml", "")).size() == 1);
}

TEST_CASE("includes start from the root of the tree") {
  CHECK(complaints_about_tree(upward_paths) == Complaints{});
  CHECK(upward_paths(snippet("a.cc", "#include \"a.hpp\"")) ==
        Complaints{"a.cc:1: includes start from the root of the tree"});
}

TEST_CASE("a type's name has one meaning in the program") {
  CHECK(second_meanings(files_of_tree(".hpp")) == Complaints{});
}

TEST_CASE("a second type of the same name is found, and a declaration is none") {
  const auto a = snippet("proxy/engine/a.hpp", "struct Progress {\n};\nclass Seq;\n");
  const auto b = snippet("proxy/queue/b.hpp", "class Progress : public Seq {\n};\nclass Seq {\n};");
  const auto c =
      snippet("impair/c.hpp", "enum class Seq : std::uint8_t { x };\n  struct Inner {\n");
  CHECK(second_meanings({a, b, c}) ==
        Complaints{"Progress is defined in proxy/engine/a.hpp and proxy/queue/b.hpp",
                   "Seq is defined in proxy/queue/b.hpp and impair/c.hpp"});
}

}  // namespace latesyn::test
