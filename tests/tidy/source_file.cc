#include "tests/tidy/source_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace latesyn::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

SourceFile snippet(std::string_view path, std::string_view text) {
  SourceFile file{.path = std::string(path), .lines = {}};
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

std::vector<SourceFile> files_of_tree(std::string_view ending) {
  const fs::path root(LATESYN_SOURCE);
  std::vector<SourceFile> files;
  for (const char* folder : {"proxy", "impair", "tests", "policies"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !entry.path().string().ends_with(ending)) continue;
      files.push_back(snippet(fs::relative(entry.path(), root).string(), read(entry.path())));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

Complaints complaints_about_tree(Check check) {
  Complaints all;
  for (const char* ending : {".hpp", ".cc"}) {
    for (const SourceFile& file : files_of_tree(ending)) {
      for (auto& text : check(file)) all.push_back(std::move(text));
    }
  }
  return all;
}

std::string complaint(const SourceFile& file, std::size_t line, std::string_view text) {
  return file.path + ":" + std::to_string(line) + ": " + std::string(text);
}

std::string code_of(std::string_view line) {
  std::string code;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!quoted && line.substr(i).starts_with("//")) break;
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"' && line.substr(i > 0 ? i - 1 : 0, 3) != "'\"'") {
      quoted = !quoted;
    } else if (!quoted) {
      code += line[i];
    }
  }
  return code;
}

bool in(const SourceFile& file, std::string_view folder) {
  return file.path.starts_with(std::string(folder) + "/");
}

bool says_why_long(const SourceFile& file) {
  return std::ranges::any_of(file.lines, [](const std::string& line) {
    return line.find("// Long because ") != std::string::npos;
  });
}

std::string stem(const SourceFile& file) { return fs::path(file.path).stem().string(); }

}  // namespace latesyn::test
