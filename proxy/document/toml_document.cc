// TOML becomes a document here, and nobody else knows that there is a library for it.

#include <toml++/toml.h>

#include "proxy/document/document.hpp"
#include "proxy/document/toml_nesting.hpp"

namespace latesyn {
namespace {

/// Tables that dotted keys imply have no place of their own.
TextPosition position_of(const toml::source_region& source, TextPosition around) {
  if (!source.begin) return around;
  return {source.begin.line, source.begin.column};
}

class TomlConverter {
 public:
  explicit TomlConverter(std::string_view name) : name_(name) {}

  DocumentNode convert(const toml::node& node, TextPosition around, unsigned depth) const {
    DocumentNode out{position_of(node.source(), around), ForeignValue{"a date or time"}};
    if (const auto* text = node.as_string()) out.value = text->get();
    if (const auto* number = node.as_integer()) out.value = number->get();
    if (const auto* number = node.as_floating_point()) out.value = number->get();
    if (const auto* truth = node.as_boolean()) out.value = truth->get();
    if (const auto* list = node.as_array()) out.value = elements_of(*list, out.at, depth);
    if (const auto* table = node.as_table()) out.value = entries_of(*table, out.at, depth);
    return out;
  }

 private:
  DocumentList elements_of(const toml::array& list, TextPosition at, unsigned depth) const {
    require_depth(depth, {name_, at});
    DocumentList elements;
    for (const toml::node& element : list) elements.push_back(convert(element, at, depth + 1));
    return elements;
  }

  DocumentTableEntries entries_of(const toml::table& table, TextPosition at, unsigned depth) const {
    require_depth(depth, {name_, at});
    DocumentTableEntries entries;
    for (const auto& [key, value] : table) {
      entries.push_back(
          {std::string(key.str()), position_of(key.source(), at), convert(value, at, depth + 1)});
    }
    return entries;
  }

  std::string_view name_;
};

}  // namespace

DocumentNode parse_toml(std::string_view text, std::string_view name) {
  require_shallow_toml(text, name);
  try {
    return TomlConverter(name).convert(toml::parse(text), {1, 1}, 0);
  } catch (const toml::parse_error& error) {
    fail({name, position_of(error.source(), {1, 1})}, error.description());
  }
}

}  // namespace latesyn
