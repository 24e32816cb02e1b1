#pragma once
// TOML with a memory: every value knows its file, line and column, so that an error points at it,
// and every table knows which of its keys were asked for, so that a key that nothing reads is an
// error.

#include <toml++/toml.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/values/time.hpp"

namespace latesyn {

/// Somewhere in a policy file.
struct Place {
  std::string_view file;
  toml::source_position at;
};

/// Throws PolicyError: `file:line:column: problem`.
[[noreturn]] void fail(const Place& place, std::string_view problem);

class TomlTable;

/// One value and what it is called in errors. The document must outlive it.
class TomlValue {
 public:
  TomlValue(const Place& around, std::string name, const toml::node& node);

  /// Each returns the value or throws PolicyError: `"name" is …; write …`.
  std::string text(std::string_view wanted) const;
  bool truth() const;
  std::uint32_t number(std::uint32_t min, std::uint32_t max) const;
  std::int64_t integer() const;
  std::int64_t integer(std::int64_t min, std::int64_t max) const;
  double probability() const;
  /// From 0.001 to 1,000.
  double factor() const;
  Duration duration() const;
  /// The index of the word in `words`.
  std::size_t choice(std::span<const std::string_view> words) const;
  /// From one to `most` values.
  std::vector<TomlValue> list(std::string_view wanted, std::size_t most) const;
  /// The same where the value may stand alone, without a list around it.
  std::vector<TomlValue> one_or_list(std::string_view wanted, std::size_t most) const;
  TomlTable table(std::string_view title) const;

  bool is_list() const { return node_->is_array(); }
  bool is_table() const { return node_->is_table(); }
  bool is_number() const { return node_->is_integer(); }

  /// `"name" is …; write <wanted>`.
  [[noreturn]] void refuse(std::string_view wanted) const;
  /// `problem` at this value's place.
  [[noreturn]] void fail(std::string_view problem) const;
  const Place& place() const { return place_; }
  const std::string& name() const { return name_; }

 private:
  std::string found() const;
  Place place_;
  std::string name_;
  const toml::node* node_;
};

/// One table. The document must outlive it.
class TomlTable {
 public:
  /// `title` is what errors call it: "[traffic]".
  TomlTable(const Place& place, std::string_view title, const toml::table& table);

  /// The key's value where it is there. From now on the key counts as read.
  std::optional<TomlValue> find(std::string_view key);
  /// The same for a key that must be there; `example` is what could be written.
  TomlValue at(std::string_view key, std::string_view example);
  /// Every key and value, all read.
  std::vector<TomlValue> all();
  /// Throws PolicyError where the table has a key that nobody asked for.
  void refuse_unread() const;

  const Place& place() const { return place_; }
  /// All that it says, its keys in order of their names: the same text for the same values.
  std::string source() const;

 private:
  [[noreturn]] void refuse_key(const toml::key& key) const;
  Place place_;
  std::string_view title_;
  const toml::table* table_;
  std::vector<std::string_view> read_;
};

}  // namespace latesyn
