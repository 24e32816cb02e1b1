#include "proxy/document/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "proxy/document/nearest.hpp"
#include "proxy/document/policy_error.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

/// Tables that dotted keys imply have no place of their own.
Place place_of(const Place& around, const toml::source_region& source) {
  return source.begin ? Place{around.file, source.begin} : around;
}

/// At most the first 60 bytes, and no character of UTF-8 in halves.
std::string in_quotes(std::string_view text) {
  std::size_t shown = 60;
  if (text.size() <= shown) return fmt::format("\"{}\"", text);
  while ((static_cast<unsigned char>(text[shown]) & 0xc0U) == 0x80U) --shown;
  return fmt::format("\"{}…\"", text.substr(0, shown));
}

}  // namespace

void fail(const Place& place, std::string_view problem) {
  throw PolicyError(
      fmt::format("{}:{}:{}: {}", place.file, place.at.line, place.at.column, problem));
}

TomlValue::TomlValue(const Place& around, std::string name, const toml::node& node)
    : place_(place_of(around, node.source())), name_(std::move(name)), node_(&node) {}

void TomlValue::fail(std::string_view problem) const { latesyn::fail(place_, problem); }

void TomlValue::refuse(std::string_view wanted) const {
  fail(fmt::format("\"{}\" is {}; write {}", name_, found(), wanted));
}

std::string TomlValue::found() const {
  if (const auto* text = node_->as_string()) return in_quotes(text->get());
  if (const auto* number = node_->as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node_->as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* truth = node_->as_boolean()) return fmt::format("{}", truth->get());
  if (const auto* list = node_->as_array()) return list->empty() ? "an empty list" : "a list";
  return node_->is_table() ? "a table" : "a date or time";
}

std::string TomlValue::text(std::string_view wanted) const {
  const auto* text = node_->as_string();
  if (text == nullptr) refuse(wanted);
  return text->get();
}

bool TomlValue::truth() const {
  const auto* truth = node_->as_boolean();
  if (truth == nullptr) refuse("true or false");
  return truth->get();
}

std::int64_t TomlValue::integer() const {
  const auto* number = node_->as_integer();
  if (number == nullptr) refuse("a whole number");
  return number->get();
}

std::int64_t TomlValue::integer(std::int64_t min, std::int64_t max) const {
  const std::string wanted = fmt::format("a whole number from {} to {}", min, max);
  if (!is_number()) refuse(wanted);
  const std::int64_t number = integer();
  if (number < min || number > max) refuse(wanted);
  return number;
}

std::uint32_t TomlValue::number(std::uint32_t min, std::uint32_t max) const {
  return static_cast<std::uint32_t>(integer(min, max));
}

double TomlValue::probability() const {
  const auto value = node_->value<double>();
  if (!node_->is_number() || !value || !(*value > 0 && *value <= 1)) {
    refuse("a number above 0 and up to 1, for example 0.25");
  }
  return *value;
}

double TomlValue::factor() const {
  const auto value = node_->value<double>();
  if (!node_->is_number() || !value || !(*value >= 0.001 && *value <= 1000)) {
    refuse("a number from 0.001 to 1000, for example 2.5");
  }
  return *value;
}

Duration TomlValue::duration() const {
  const auto* text = node_->as_string();
  const auto duration = text != nullptr ? parse_duration(text->get()) : std::nullopt;
  if (!duration) refuse("a number and a unit (ns, us, ms, s, m, h), for example \"300ms\"");
  return *duration;
}

std::size_t TomlValue::choice(std::span<const std::string_view> words) const {
  const auto* text = node_->as_string();
  const std::string_view word = text != nullptr ? std::string_view(text->get()) : "";
  const auto found_at = std::ranges::find(words, word);
  if (found_at == words.end()) {
    fail(fmt::format("\"{}\" is {}; {}", name_, found(), suggestion(word, words)));
  }
  return static_cast<std::size_t>(found_at - words.begin());
}

std::vector<TomlValue> TomlValue::one_or_list(std::string_view wanted, std::size_t most) const {
  return is_list() ? list(wanted, most) : std::vector{*this};
}

std::vector<TomlValue> TomlValue::list(std::string_view wanted, std::size_t most) const {
  const auto* array = node_->as_array();
  if (array == nullptr || array->empty()) refuse(wanted);
  if (array->size() > most) {
    fail(fmt::format("\"{}\" has {} entries; at most {} are allowed", name_, array->size(), most));
  }
  std::vector<TomlValue> values;
  for (const toml::node& node : *array) values.emplace_back(place_, name_, node);
  return values;
}

TomlTable TomlValue::table(std::string_view title) const {
  const auto* table = node_->as_table();
  if (table == nullptr) refuse(fmt::format("a table, {}", title));
  return {place_, title, *table};
}

TomlTable::TomlTable(const Place& place, std::string_view title, const toml::table& table)
    : place_(place), title_(title), table_(&table) {}

std::optional<TomlValue> TomlTable::find(std::string_view key) {
  read_.push_back(key);
  const toml::node* node = table_->get(key);
  return node != nullptr ? std::optional(TomlValue(place_, std::string(key), *node)) : std::nullopt;
}

TomlValue TomlTable::at(std::string_view key, std::string_view example) {
  auto value = find(key);
  if (value) return *std::move(value);
  // Where the key is there with a typing mistake in it, that is the better thing to say.
  for (const auto& [name, node] : *table_) {
    if (!nearest(name.str(), std::span(&key, 1)).empty()) refuse_key(name);
  }
  fail(place_,
       fmt::format("\"{}\" is missing from {}; write for example {}", key, title_, example));
}

std::vector<TomlValue> TomlTable::all() {
  std::vector<TomlValue> values;
  for (const auto& [key, node] : *table_) {
    read_.push_back(key.str());
    values.emplace_back(place_, std::string(key.str()), node);
  }
  return values;
}

std::string TomlTable::source() const {
  std::ostringstream out;
  out << toml::default_formatter{*table_};
  return out.str();
}

void TomlTable::refuse_unread() const {
  const toml::key* first = nullptr;
  for (const auto& [key, node] : *table_) {
    if (std::ranges::find(read_, key.str()) != read_.end()) continue;
    if (first == nullptr || key.source().begin < first->source().begin) first = &key;
  }
  if (first != nullptr) refuse_key(*first);
}

void TomlTable::refuse_key(const toml::key& key) const {
  fail(place_of(place_, key.source()), fmt::format("unknown key {} in {}; {}", in_quotes(key.str()),
                                                   title_, suggestion(key.str(), read_)));
}

}  // namespace latesyn
