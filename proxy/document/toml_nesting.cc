#include "proxy/document/toml_nesting.hpp"

#include <array>

#include "proxy/document/document.hpp"
#include "proxy/document/text_cursor.hpp"

namespace latesyn {
namespace {

/// How many bytes at the beginning of `text` are a string or comment; 0 where it is neither. What
/// lacks its end is taken to end with the text, or with its line.
std::size_t opaque(std::string_view text) {
  if (text.front() == '#') return std::min(text.find('\n'), text.size());
  for (const std::string_view quotes : {R"(""")", "'''", "\"", "'"}) {
    if (!text.starts_with(quotes)) continue;
    std::size_t at = quotes.size();
    while (at < text.size() && !text.substr(at).starts_with(quotes)) {
      if (quotes.size() == 1 && text[at] == '\n') return at;
      at += text[at] == '\\' && quotes.front() == '"' ? 2U : 1U;
    }
    return std::min(at + quotes.size(), text.size());
  }
  return 0;
}

}  // namespace

void require_shallow_toml(std::string_view text, std::string_view name) {
  TextCursor cursor(text);
  unsigned brackets = 0, dots = 0;
  while (!cursor.at_end()) {
    if (const std::size_t bytes = opaque(cursor.rest())) {
      cursor.skip(bytes);
      continue;
    }
    const char byte = cursor.front();
    const Place place{name, cursor.position()};
    if (byte == '.') require_depth(++dots, place);
    if (std::string_view("=,[]{}\n").find(byte) != std::string_view::npos) dots = 0;
    if (byte == '[' || byte == '{') require_depth(brackets++, place);
    if ((byte == ']' || byte == '}') && brackets > 0) --brackets;
    cursor.skip(1);
  }
}

}  // namespace latesyn
