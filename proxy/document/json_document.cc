// JSON becomes a document here. The library tells of one token after the other, but not of where it
// stands; as between two of them there is nothing but blanks, commas and colons, that can be found
// again.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/document/document.hpp"
#include "proxy/document/text_cursor.hpp"

namespace latesyn {
namespace {

using nlohmann::json;
using JsonError = nlohmann::detail::exception;

/// Finds the tokens of a text that is JSON as far as it is asked for.
class JsonTokens {
 public:
  explicit JsonTokens(std::string_view text) : text_(text), cursor_(text) {}

  /// Where the next token begins.
  TextPosition next() {
    cursor_.go_to(next_byte());
    return cursor_.position();
  }
  /// Where the token begins that the parser stopped in or behind, having read so many bytes: the
  /// next one, or what should not be before it.
  TextPosition broken_off(std::size_t read) {
    cursor_.go_to(std::min(next_byte(), read == 0 ? 0 : read - 1));
    return cursor_.position();
  }
  std::string_view rest() const { return cursor_.rest(); }
  bool is_behind_comma() const {
    const auto last = text_.substr(0, cursor_.byte()).find_last_not_of(" \t\r\n");
    return last != text_.npos && text_[last] == ',';
  }

 private:
  static constexpr std::string_view kBetween = " \t\r\n,:";

  /// Where the token behind the one at the cursor begins.
  std::size_t next_byte() {
    const auto next = text_.find_first_not_of(kBetween, cursor_.byte() + size());
    begun_ = true;
    return std::min(next, text_.size());
  }
  /// Of the token at the cursor; before the first there is none.
  std::size_t size() const {
    const std::string_view text = rest();
    if (!begun_ || text.empty()) return 0;
    if (std::string_view("{}[]").find(text.front()) != text.npos) return 1;
    if (text.front() != '"') return std::min(text.find_first_of(" \t\r\n,:{}[]"), text.size());
    std::size_t at = 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
    return at + 1;
  }

  std::string_view text_;
  TextCursor cursor_;
  bool begun_ = false;
};

/// Sorts them by their keys; refuses a key that is there twice.
void put_in_order(DocumentTableEntries& entries, std::string_view name) {
  const auto order = [](const DocumentEntry& e) { return std::tie(e.key, e.key_at); };
  std::ranges::sort(entries, {}, order);
  const auto twice = std::ranges::adjacent_find(entries, {}, &DocumentEntry::key);
  if (twice == entries.end()) return;
  const DocumentEntry& second = *(twice + 1);
  fail({name, second.key_at}, fmt::format("\"{}\" is there already, in line {}; leave one of them "
                                          "out",
                                          second.key, twice->key_at.line));
}

/// What the library says is wrong, without its own words for the place.
std::string problem_of(const JsonError& error, const std::string& last_token) {
  constexpr int kOutOfRange = 406;
  if (error.id == kOutOfRange) return "this number is too large";
  std::string text = error.what();
  if (const auto at = text.find("syntax error"); at != text.npos) text.erase(0, at);
  // It may be as long as the file, and the place shows it.
  const std::string read = fmt::format("; last read: '{}'", last_token);
  if (const auto at = text.find(read); at != text.npos) text.erase(at, read.size());
  return text;
}

/// What somebody who knows TOML or JavaScript should know here.
std::string_view hint_at(const JsonTokens& tokens) {
  const auto begins = [&](std::string_view bytes) {
    return !tokens.rest().empty() && bytes.find(tokens.rest().front()) != bytes.npos;
  };
  if (begins("/#")) return "; JSON has no comments: leave it out";
  if (begins("'")) return "; text stands in double quotes: \"300ms\"";
  if (begins("]}") && tokens.is_behind_comma()) return "; there is no comma behind the last one";
  return "";
}

/// Told of the tokens, in their order; builds the tree. It throws where it would say no.
class JsonBuilder final : public nlohmann::json_sax<json> {
 public:
  JsonBuilder(std::string_view text, std::string_view name) : name_(name), tokens_(text) {}

  DocumentNode take() && { return std::move(root_); }

  bool null() override { return add(ForeignValue{"null"}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > std::numeric_limits<std::int64_t>::max()) refuse_number();
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string& text) override {
    // What is no whole number for the library only because it is too large.
    if (text.find_first_of(".eE") == text.npos) refuse_number();
    return add(value);
  }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(json::binary_t& /*value*/) override { std::abort(); }  // not in text
  bool key(std::string& key) override {
    open_.back().key_at = tokens_.next();
    open_.back().key = std::move(key);
    return true;
  }
  bool start_object(std::size_t /*size*/) override { return open(DocumentTableEntries{}); }
  bool start_array(std::size_t /*size*/) override { return open(DocumentList{}); }
  bool end_object() override {
    put_in_order(std::get<DocumentTableEntries>(open_.back().node.value), name_);
    return close();
  }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t read, const std::string& token, const JsonError& error) override {
    const Place place{name_, tokens_.broken_off(read)};
    fail(place, problem_of(error, token).append(hint_at(tokens_)));
  }

 private:
  /// A table or list whose end has not come yet, and the key that stands before its next value.
  struct Open {
    DocumentNode node;
    std::string key = {};
    TextPosition key_at = {};
  };

  template <typename Value>
  bool add(Value&& value) {
    return put({tokens_.next(), std::forward<Value>(value)});
  }
  bool put(DocumentNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (auto* list = std::get_if<DocumentList>(&open_.back().node.value)) {
      list->push_back(std::move(node));
    } else {
      Open& table = open_.back();
      std::get<DocumentTableEntries>(table.node.value)
          .push_back({std::move(table.key), table.key_at, std::move(node)});
    }
    return true;
  }
  template <typename Value>
  bool open(Value value) {
    const TextPosition at = tokens_.next();
    require_depth(static_cast<unsigned>(open_.size()), {name_, at});
    open_.push_back({{at, std::move(value)}});
    return true;
  }
  bool close() {
    tokens_.next();
    DocumentNode node = std::move(open_.back().node);
    open_.pop_back();
    return put(std::move(node));
  }
  [[noreturn]] void refuse_number() {
    fail({name_, tokens_.next()},
         fmt::format("this number is too large; whole numbers go from {} to {}",
                     std::numeric_limits<std::int64_t>::min(),
                     std::numeric_limits<std::int64_t>::max()));
  }

  std::string_view name_;
  JsonTokens tokens_;
  std::vector<Open> open_;
  DocumentNode root_;
};

}  // namespace

DocumentNode parse_json(std::string_view text, std::string_view name) {
  JsonBuilder builder(text, name);
  json::sax_parse(text, &builder);
  DocumentNode root = std::move(builder).take();
  if (!std::holds_alternative<DocumentTableEntries>(root.value)) {
    fail({name, root.at}, "a policy is an object; write { \"about\": \"The first SYN is lost.\" }");
  }
  return root;
}

}  // namespace latesyn
