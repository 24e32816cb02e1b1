#pragma once
// A policy's text as a tree of values, each with its place. TOML and JSON become the same tree; who
// reads it can't tell which of them it was. Only toml_document.cc and json_document.cc know better.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proxy/document/place.hpp"

namespace latesyn {

struct DocumentNode;
struct DocumentEntry;

/// A value of one of the two forms that the other lacks, and that no key takes: `what` names it in
/// errors, "a date or time".
struct ForeignValue {
  std::string_view what;
};

using DocumentList = std::vector<DocumentNode>;
/// In order of their keys, each of which is there once.
using DocumentTableEntries = std::vector<DocumentEntry>;

struct DocumentNode {
  TextPosition at;
  std::variant<ForeignValue, bool, std::int64_t, double, std::string, DocumentList,
               DocumentTableEntries>
      value;
};

struct DocumentEntry {
  std::string key;
  TextPosition key_at;
  DocumentNode value;
};

/// How many tables and lists may stand within each other. Whoever walks the tree may recurse.
inline constexpr unsigned kDepthMax = 32;

/// True where a file of that name is read, and its errors are worded, as JSON: "policy.json".
bool is_json(std::string_view name);

/// The tree of a text whose outermost value is a table. Throws PolicyError at the first place that
/// is no TOML or, as the name says, no JSON.
DocumentNode parse_document(std::string_view text, std::string_view name);
DocumentNode parse_toml(std::string_view text, std::string_view name);
DocumentNode parse_json(std::string_view text, std::string_view name);

/// The same values as JSON, keys in order of their names: one text for one tree, whichever form it
/// came in. A foreign value becomes null.
std::string to_json_text(const DocumentNode& node);

/// Refuses a table or list at `place` that has so many around it.
void require_depth(unsigned around, const Place& place);

}  // namespace latesyn
