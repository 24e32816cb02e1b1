#pragma once
// The source tree as the checks of this folder read it. A check is a function from one file to its
// complaints; each is tried on a bad snippet, so that it is known to be able to fail.

#include <string>
#include <string_view>
#include <vector>

namespace latesyn::test {

struct SourceFile {
  std::string path;  // from the root of the tree: "proxy/engine/engine.cc"
  std::vector<std::string> lines;
};

/// What is wrong, one line each: "proxy/engine/engine.cc:12: …".
using Complaints = std::vector<std::string>;
using Check = Complaints (*)(const SourceFile&);

/// A file that is not in the tree, from its text.
SourceFile snippet(std::string_view path, std::string_view text);

/// All files below proxy/, impair/, tests/ and policies/ whose name has this ending.
std::vector<SourceFile> files_of_tree(std::string_view ending);

/// The complaints about all C++ files of the tree.
Complaints complaints_about_tree(Check check);

/// "path:number: text"; line numbers start at 1.
std::string complaint(const SourceFile& file, std::size_t line, std::string_view text);

/// The line without what stands in its comment and between quotes.
std::string code_of(std::string_view line);

/// True where the file stands in that folder: in(file, "proxy/queue").
bool in(const SourceFile& file, std::string_view folder);

/// "engine" of "proxy/engine/engine.cc".
std::string stem(const SourceFile& file);

/// True where a comment of the file begins with "Long because": a limit of lines is a guide, and a
/// file that would only be cut in two for its sake says why it is longer.
bool says_why_long(const SourceFile& file);

}  // namespace latesyn::test
