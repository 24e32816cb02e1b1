#pragma once
// A file's text, for tests.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace latesyn::test {

/// `file` is absolute, or counts from the root of the source tree.
inline std::string text_of(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(std::filesystem::path(LATESYN_SOURCE) / file).rdbuf();
  return text.str();
}

}  // namespace latesyn::test
