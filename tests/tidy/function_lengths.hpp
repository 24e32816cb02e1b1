#pragma once
// Where functions begin and end, read off the braces. It knows enough of C++ for code that
// clang-format has been over, and no more.

#include "tests/tidy/source_file.hpp"

namespace latesyn::test {

struct FunctionSpan {
  std::size_t first_line = 0, lines = 0;
  bool operator==(const FunctionSpan&) const = default;
};

/// Every function that is not within another one; a TEST_CASE is one too.
std::vector<FunctionSpan> functions_of(const SourceFile& file);

}  // namespace latesyn::test
