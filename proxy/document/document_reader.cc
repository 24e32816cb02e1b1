#include "proxy/document/document_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "proxy/document/nearest.hpp"
#include "proxy/document/policy_error.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

/// At most the first 60 bytes, and no character of UTF-8 in halves.
std::string in_quotes(std::string_view text) {
  std::size_t shown = 60;
  if (text.size() <= shown) return fmt::format("\"{}\"", text);
  while ((static_cast<unsigned char>(text[shown]) & 0xc0U) == 0x80U) --shown;
  return fmt::format("\"{}…\"", text.substr(0, shown));
}

/// What a value is in an error, by its form.
struct Found {
  std::string operator()(const ForeignValue& value) const { return std::string(value.what); }
  std::string operator()(bool truth) const { return fmt::format("{}", truth); }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return fmt::format("{:#}", number); }
  std::string operator()(const std::string& text) const { return in_quotes(text); }
  std::string operator()(const DocumentList& list) const {
    return list.empty() ? "an empty list" : "a list";
  }
  std::string operator()(const DocumentTableEntries& /*entries*/) const { return "a table"; }
};

/// From `key = value` to what the file's own form has for it.
std::string in_form_of(std::string_view file, std::string_view key, std::string_view example) {
  if (!is_json(file)) return std::string(example);
  return fmt::format("\"{}\": {}", key,
                     example.substr(key.size() + std::string_view(" = ").size()));
}

}  // namespace

DocumentValue::DocumentValue(const Place& around, std::string name, const DocumentNode& node)
    : place_{around.file, node.at}, name_(std::move(name)), node_(&node) {}

void DocumentValue::fail(std::string_view problem) const { latesyn::fail(place_, problem); }

void DocumentValue::refuse(std::string_view wanted) const {
  fail(fmt::format("\"{}\" is {}; write {}", name_, found(), wanted));
}

std::string DocumentValue::found() const { return std::visit(Found(), node_->value); }

template <typename Form>
const Form& DocumentValue::as(std::string_view wanted) const {
  const auto* value = std::get_if<Form>(&node_->value);
  if (value == nullptr) refuse(wanted);
  return *value;
}

std::string DocumentValue::text(std::string_view wanted) const { return as<std::string>(wanted); }

bool DocumentValue::truth() const { return as<bool>("true or false"); }

std::int64_t DocumentValue::integer() const { return as<std::int64_t>("a whole number"); }

std::int64_t DocumentValue::integer(std::int64_t min, std::int64_t max) const {
  const std::string wanted = fmt::format("a whole number from {} to {}", min, max);
  const std::int64_t number = as<std::int64_t>(wanted);
  if (number < min || number > max) refuse(wanted);
  return number;
}

std::uint32_t DocumentValue::number(std::uint32_t min, std::uint32_t max) const {
  return static_cast<std::uint32_t>(integer(min, max));
}

double DocumentValue::real(std::string_view wanted, bool (*is_right)(double)) const {
  const auto* const whole = std::get_if<std::int64_t>(&node_->value);
  const double value = whole != nullptr ? static_cast<double>(*whole) : as<double>(wanted);
  if (!is_right(value)) refuse(wanted);
  return value;
}

double DocumentValue::probability() const {
  return real("a number above 0 and up to 1, for example 0.25",
              [](double value) { return value > 0 && value <= 1; });
}

double DocumentValue::share() const {
  return real("a number from 0 to 1, for example 0.01",
              [](double value) { return value >= 0 && value <= 1; });
}

double DocumentValue::factor() const {
  return real("a number from 0.001 to 1000, for example 2.5",
              [](double value) { return value >= 0.001 && value <= 1000; });
}

Duration DocumentValue::duration() const {
  constexpr std::string_view kWanted =
      "a number and a unit (ns, us, ms, s, m, h), for example \"300ms\"";
  const auto duration = parse_duration(as<std::string>(kWanted));
  if (!duration) refuse(kWanted);
  return *duration;
}

std::size_t DocumentValue::choice(std::span<const std::string_view> words) const {
  const auto* text = std::get_if<std::string>(&node_->value);
  const std::string_view word = text != nullptr ? std::string_view(*text) : "";
  const auto found_at = std::ranges::find(words, word);
  if (found_at == words.end()) {
    fail(fmt::format("\"{}\" is {}; {}", name_, found(), suggestion(word, words)));
  }
  return static_cast<std::size_t>(found_at - words.begin());
}

std::vector<DocumentValue> DocumentValue::one_or_list(std::string_view wanted,
                                                      std::size_t most) const {
  return is_list() ? list(wanted, most) : std::vector{*this};
}

std::vector<DocumentValue> DocumentValue::list(std::string_view wanted, std::size_t most) const {
  const auto& elements = as<DocumentList>(wanted);
  if (elements.empty()) refuse(wanted);
  if (elements.size() > most) {
    fail(
        fmt::format("\"{}\" has {} entries; at most {} are allowed", name_, elements.size(), most));
  }
  std::vector<DocumentValue> values;
  for (const DocumentNode& element : elements) values.emplace_back(place_, name_, element);
  return values;
}

DocumentTable DocumentValue::table(std::string_view title) const {
  if (!is_table()) refuse(fmt::format("a table, {}", title));
  return {place_.file, title, *node_};
}

DocumentTable::DocumentTable(std::string_view file, std::string_view title,
                             const DocumentNode& table)
    : place_{file, table.at}, title_(title), table_(&table) {}

const DocumentTableEntries& DocumentTable::entries() const {
  return std::get<DocumentTableEntries>(table_->value);
}

std::optional<DocumentValue> DocumentTable::find(std::string_view key) {
  read_.push_back(key);
  const auto found = std::ranges::lower_bound(entries(), key, {}, &DocumentEntry::key);
  if (found == entries().end() || found->key != key) return std::nullopt;
  return DocumentValue(place_, found->key, found->value);
}

DocumentValue DocumentTable::at(std::string_view key, std::string_view example) {
  auto value = find(key);
  if (value) return *std::move(value);
  // Where the key is there with a typing mistake in it, that is the better thing to say.
  for (const DocumentEntry& entry : entries()) {
    if (!nearest(entry.key, std::span(&key, 1)).empty()) refuse_key(entry);
  }
  fail(place_, fmt::format("\"{}\" is missing from {}; write for example {}", key, title_,
                           in_form_of(place_.file, key, example)));
}

std::vector<DocumentValue> DocumentTable::all() {
  std::vector<DocumentValue> values;
  for (const DocumentEntry& entry : entries()) {
    read_.push_back(entry.key);
    values.emplace_back(place_, entry.key, entry.value);
  }
  return values;
}

std::string DocumentTable::source() const { return to_json_text(*table_); }

void DocumentTable::refuse_unread() const {
  const DocumentEntry* first = nullptr;
  for (const DocumentEntry& entry : entries()) {
    if (std::ranges::find(read_, entry.key) != read_.end()) continue;
    if (first == nullptr || entry.key_at < first->key_at) first = &entry;
  }
  if (first != nullptr) refuse_key(*first);
}

void DocumentTable::refuse_key(const DocumentEntry& entry) const {
  fail({place_.file, entry.key_at}, fmt::format("unknown key {} in {}; {}", in_quotes(entry.key),
                                                title_, suggestion(entry.key, read_)));
}

}  // namespace latesyn
