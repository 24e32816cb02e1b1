// A file is one idea, a function fits a screen, a line fits beside another file.

#include <algorithm>

#include "tests/tidy/function_lengths.hpp"

namespace latesyn::test {
namespace {

constexpr std::size_t kFileMax = 400, kFunctionMax = 70;
constexpr std::ptrdiff_t kColumnsMax = 100;

Complaints long_file(const SourceFile& file) {
  if (file.lines.size() <= kFileMax || says_why_long(file)) return {};
  return {complaint(file, file.lines.size(), "the file is too long")};
}

Complaints long_lines(const SourceFile& file) {
  Complaints out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    // Every byte of UTF-8 but those that go on with a character starts one.
    const auto columns = std::ranges::count_if(
        file.lines[i], [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
    if (columns > kColumnsMax) out.push_back(complaint(file, i + 1, "the line is too long"));
  }
  return out;
}

Complaints long_functions(const SourceFile& file) {
  Complaints out;
  for (const FunctionSpan& f : functions_of(file)) {
    if (f.lines > kFunctionMax) {
      out.push_back(complaint(file, f.first_line, "the function is too long"));
    }
  }
  return out;
}

std::string function_of(std::size_t lines) {
  std::string text = "int f(int a,\n      int b) {\n";
  for (std::size_t i = 3; i < lines; ++i) text += "  if (a) { b(); }\n";
  return text + "}\n";
}

}  // namespace

TEST_CASE("no file has more than 400 lines without a reason") {
  CHECK(complaints_about_tree(long_file) == Complaints{});
  CHECK(long_file(snippet("a.cc", std::string(400, '\n'))).empty());
  CHECK(long_file(snippet("a.cc", std::string(401, '\n'))) ==
        Complaints{"a.cc:401: the file is too long"});
  CHECK(long_file(snippet("a.cc", "// Long because it is one table.\n" + std::string(401, '\n')))
            .empty());
}

TEST_CASE("no line has more than 100 columns") {
  CHECK(complaints_about_tree(long_lines) == Complaints{});
  CHECK(long_lines(snippet("a.cc", "\n" + std::string(101, 'x'))) ==
        Complaints{"a.cc:2: the line is too long"});
  CHECK(long_lines(snippet("a.cc", std::string(99, 'x').append("…"))).empty());
}

TEST_CASE("no function has more than 70 lines") {
  CHECK(complaints_about_tree(long_functions) == Complaints{});
  CHECK(long_functions(snippet("a.cc", function_of(70))).empty());
  CHECK(long_functions(snippet("a.cc", "\n" + function_of(71))) ==
        Complaints{"a.cc:2: the function is too long"});
}

TEST_CASE("functions are found in namespaces, classes and tests, and values are none") {
  const std::string text =
      "namespace a {\nconstexpr std::array kX{f(1), g(2)};\nclass B : public C {\n public:\n"
      "  B() : c_{1} {\n  }\n  int d() const { return 1; }\n};\n}\n"
      "TEST_CASE(\"x {\") {\n  CHECK(1);\n}\n";
  CHECK(functions_of(snippet("a.cc", text)).size() >= 3);
  CHECK(functions_of(snippet("a.cc", text)).back() == FunctionSpan{10, 3});
}

TEST_CASE("functions of the tree are found") {
  std::size_t functions = 0;
  for (const SourceFile& file : files_of_tree(".cc")) functions += functions_of(file).size();
  CHECK(functions > 200);
}

}  // namespace latesyn::test
