#pragma once
// A document with a memory: every value knows its file, line and column, so that an error points at
// it, and every table knows which of its keys were asked for, so that a key that nothing reads is
// an error.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/document/document.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class DocumentTable;

/// One value and what it is called in errors. The document must outlive it.
class DocumentValue {
 public:
  DocumentValue(const Place& around, std::string name, const DocumentNode& node);

  /// Each returns the value or throws PolicyError: `"name" is …; write …`.
  std::string text(std::string_view wanted) const;
  bool truth() const;
  std::uint32_t number(std::uint32_t min, std::uint32_t max) const;
  std::int64_t integer() const;
  std::int64_t integer(std::int64_t min, std::int64_t max) const;
  double probability() const;
  /// From 0 to 1.
  double share() const;
  /// From 0.001 to 1,000.
  double factor() const;
  Duration duration() const;
  /// The index of the word in `words`.
  std::size_t choice(std::span<const std::string_view> words) const;
  /// From one to `most` values.
  std::vector<DocumentValue> list(std::string_view wanted, std::size_t most) const;
  /// The same where the value may stand alone, without a list around it.
  std::vector<DocumentValue> one_or_list(std::string_view wanted, std::size_t most) const;
  DocumentTable table(std::string_view title) const;

  bool is_list() const { return is<DocumentList>(); }
  bool is_table() const { return is<DocumentTableEntries>(); }
  bool is_number() const { return is<std::int64_t>(); }

  /// `"name" is …; write <wanted>`.
  [[noreturn]] void refuse(std::string_view wanted) const;
  /// `problem` at this value's place.
  [[noreturn]] void fail(std::string_view problem) const;
  const Place& place() const { return place_; }
  const std::string& name() const { return name_; }

 private:
  template <typename Form>
  bool is() const {
    return std::holds_alternative<Form>(node_->value);
  }
  /// The value where it is of this form, or an error that says what was wanted.
  template <typename Form>
  const Form& as(std::string_view wanted) const;
  /// A number, whole or not, that `is_right` takes.
  double real(std::string_view wanted, bool (*is_right)(double)) const;
  std::string found() const;
  Place place_;
  std::string name_;
  const DocumentNode* node_;
};

/// One table. The document must outlive it.
class DocumentTable {
 public:
  /// `title` is what errors call it: "[traffic]". The node is a table.
  DocumentTable(std::string_view file, std::string_view title, const DocumentNode& table);

  /// The key's value where it is there. From now on the key counts as read.
  std::optional<DocumentValue> find(std::string_view key);
  /// The same for a key that must be there; `example` is what could be written: `copies = 5000`.
  DocumentValue at(std::string_view key, std::string_view example);
  /// Every key and value, all read.
  std::vector<DocumentValue> all();
  /// Throws PolicyError where the table has a key that nobody asked for.
  void refuse_unread() const;

  const Place& place() const { return place_; }
  /// All that it says: the same text for the same values.
  std::string source() const;

 private:
  const DocumentTableEntries& entries() const;
  [[noreturn]] void refuse_key(const DocumentEntry& entry) const;
  Place place_;
  std::string_view title_;
  const DocumentNode* table_;
  std::vector<std::string_view> read_;
};

}  // namespace latesyn
