#pragma once
// A function `tell(what, out)` says of something each of its fields: key, value and meaning. `out`
// makes JSON of that, or a page about it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/values/time.hpp"

namespace latesyn {

/// In the order that the fields are told in: a line is read by people too.
using OrderedJson = nlohmann::ordered_json;

/// Makes an object.
class JsonFields {
 public:
  void event(std::string_view kind, Time at, std::string_view /*about*/) {
    json_["event"] = kind;
    json_["at"] = in_seconds(at);
  }
  void operator()(std::string_view key, OrderedJson value, std::string_view /*about*/) {
    json_[std::string(key)] = std::move(value);
  }
  /// Left out where it is empty.
  void unless_empty(std::string_view key, std::string_view value, std::string_view about) {
    if (!value.empty()) (*this)(key, value, about);
  }
  /// One of `names`, which stand in the order of the enumeration.
  template <typename Enum, typename Names>
  void word(std::string_view key, Enum value, const Names& names, std::string_view about) {
    (*this)(key, names[static_cast<std::size_t>(value)], about);
  }
  /// All fields of a part, as if they were of the whole.
  template <typename Part>
  void all_of(const Part& part, std::string_view /*about*/) {
    tell(part, *this);
  }
  template <typename Part>
  void object(std::string_view key, const Part& part, std::string_view about) {
    (*this)(key, of(part), about);
  }
  template <typename Part>
  void list(std::string_view key, const std::vector<Part>& parts, std::string_view about) {
    OrderedJson all = OrderedJson::array();
    for (const Part& part : parts) all.push_back(of(part));
    (*this)(key, std::move(all), about);
  }

  template <typename Told>
  static OrderedJson of(const Told& what) {
    JsonFields out;
    tell(what, out);
    return std::move(out.json_);
  }

 private:
  OrderedJson json_ = OrderedJson::object();
};

/// Makes a section of a page, in Markdown: what each field means.
class FieldsPage {
 public:
  void event(std::string_view kind, Time /*at*/, std::string_view about) {
    text_ += fmt::format("\n## {}\n{}\n\n{}", kind, about, kHead);
  }
  void operator()(std::string_view key, const OrderedJson& /*value*/, std::string_view about) {
    text_ += fmt::format("| `{}` | {} |\n", key, about);
  }
  void unless_empty(std::string_view key, std::string_view /*value*/, std::string_view about) {
    text_ += fmt::format("| `{}`, if any | {} |\n", key, about);
  }
  template <typename Enum, typename Names>
  void word(std::string_view key, Enum /*value*/, const Names& names, std::string_view about) {
    text_ += fmt::format("| `{}` | {}: `{}` |\n", key, about, fmt::join(names, "`, `"));
  }
  template <typename Part>
  void all_of(const Part& /*part*/, std::string_view about) {
    text_ += fmt::format("| … | {} |\n", about);
  }
  template <typename Part>
  void object(std::string_view key, const Part& /*part*/, std::string_view about) {
    (*this)(key, nullptr, about);
  }
  template <typename Part>
  void list(std::string_view key, const std::vector<Part>& /*parts*/, std::string_view about) {
    (*this)(key, nullptr, about);
  }

  template <typename Told>
  static std::string of(const Told& what) {
    FieldsPage out;
    tell(what, out);
    return out.text_;
  }
  /// The same of what is no event, and has no heading.
  template <typename Told>
  static std::string of(std::string_view title, std::string_view about, const Told& what) {
    FieldsPage out;
    out.event(title, {}, about);
    tell(what, out);
    return out.text_;
  }

 private:
  static constexpr std::string_view kHead = "| field | says |\n| --- | --- |\n";
  std::string text_;
};

}  // namespace latesyn
