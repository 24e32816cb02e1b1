#include "proxy/document/document.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>

namespace latesyn {
namespace {

nlohmann::json to_json_value(const DocumentNode& node) {
  const auto convert = [](const auto& value) {
    using Value = std::remove_cvref_t<decltype(value)>;
    nlohmann::json json;
    if constexpr (std::is_same_v<Value, DocumentList>) {
      json = nlohmann::json::array();
      for (const DocumentNode& element : value) json.push_back(to_json_value(element));
    } else if constexpr (std::is_same_v<Value, DocumentTableEntries>) {
      json = nlohmann::json::object();
      for (const DocumentEntry& entry : value) json[entry.key] = to_json_value(entry.value);
    } else if constexpr (!std::is_same_v<Value, ForeignValue>) {
      json = value;
    }
    return json;
  };
  return std::visit(convert, node.value);
}

}  // namespace

bool is_json(std::string_view name) { return name.ends_with(".json"); }

DocumentNode parse_document(std::string_view text, std::string_view name) {
  return is_json(name) ? parse_json(text, name) : parse_toml(text, name);
}

std::string to_json_text(const DocumentNode& node) { return to_json_value(node).dump(); }

void require_depth(unsigned around, const Place& place) {
  if (around < kDepthMax) return;
  fail(place, fmt::format("more than {} tables and lists within each other; no key needs more "
                          "than a few",
                          kDepthMax));
}

}  // namespace latesyn
