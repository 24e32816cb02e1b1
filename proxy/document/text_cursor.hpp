#pragma once
// A way through a text, forward only, that knows the line and column that it has come to.

#include <algorithm>

#include "proxy/document/place.hpp"

namespace latesyn {

class TextCursor {
 public:
  /// A byte order mark at the beginning is no character.
  explicit TextCursor(std::string_view text) : text_(text) {
    if (text.starts_with("\xef\xbb\xbf")) byte_ = 3;
  }

  bool at_end() const { return byte_ >= text_.size(); }
  std::size_t byte() const { return byte_; }
  TextPosition position() const { return position_; }
  std::string_view rest() const { return text_.substr(byte_); }
  char front() const { return text_[byte_]; }

  /// Goes on to that byte, at most to the end.
  void go_to(std::size_t byte) {
    for (; byte_ < byte && !at_end(); ++byte_) {
      if (front() == '\n') {
        position_ = {position_.line + 1, 1};
      } else if (next_begins_character()) {
        ++position_.column;
      }
    }
  }
  void skip(std::size_t bytes) { go_to(byte_ + bytes); }

 private:
  bool next_begins_character() const {
    return byte_ + 1 >= text_.size() ||
           (static_cast<unsigned char>(text_[byte_ + 1]) & 0xc0U) != 0x80U;
  }

  std::string_view text_;
  std::size_t byte_ = 0;
  TextPosition position_;
};

}  // namespace latesyn
