#include "tests/tidy/function_lengths.hpp"

namespace latesyn::test {
namespace {

/// What stands before a function's brace has parentheses; before a namespace's or a type's it has
/// one of these words, and before a list of values it has neither, or an equals sign.
bool opens_function(std::string_view head) {
  for (const std::string_view word : {"namespace", "struct ", "class ", "enum ", "union "}) {
    const std::size_t at = head.find(word);
    if (at != head.npos && at < head.find('(')) return false;
  }
  const std::size_t assigns = head.find(" = ");
  return head.find('(') != head.npos && (assigns == head.npos || assigns > head.find('('));
}

class Reader {
 public:
  void read(char c, std::size_t line) {
    if (c == '{') {
      open(line);
    } else if (c == '}') {
      close(line);
    } else if (c == ';') {
      head_.clear();
    } else {
      if (head_.empty()) head_line_ = line;
      if (c != ' ' || !head_.empty()) head_ += c;
    }
  }
  const std::vector<FunctionSpan>& found() const { return found_; }

 private:
  void open(std::size_t line) {
    ++depth_;
    if (function_depth_ == 0 && opens_function(head_)) {
      function_depth_ = depth_;
      first_line_ = head_.empty() ? line : head_line_;
    }
    head_.clear();
  }
  void close(std::size_t line) {
    if (depth_ == function_depth_) {
      found_.push_back({first_line_, line - first_line_ + 1});
      function_depth_ = 0;
    }
    --depth_;
    head_.clear();
  }

  std::vector<FunctionSpan> found_;
  std::string head_;
  std::size_t head_line_ = 0, first_line_ = 0, depth_ = 0, function_depth_ = 0;
};

}  // namespace

std::vector<FunctionSpan> functions_of(const SourceFile& file) {
  Reader reader;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string code = code_of(file.lines[i]);
    if (code.starts_with('#')) continue;
    for (const char c : code) reader.read(c, i + 1);
    reader.read(' ', i + 1);
  }
  return reader.found();
}

}  // namespace latesyn::test
