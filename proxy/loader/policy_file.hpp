#pragma once
// Reads a policy from TOML or, where the file's name ends with .json, from JSON. Nothing is
// accepted that nothing would read.

#include <filesystem>
#include <string>
#include <string_view>

#include "proxy/document/policy_error.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

/// True where a file's name says that it is a policy: "policy.toml", "policy.json".
bool is_policy(const std::filesystem::path& file);

/// Throws PolicyError, also where the file can't be read.
Policy load_policy(const std::filesystem::path& file);

/// The same for text in memory; `name` stands for the file in errors.
Policy parse_policy(std::string_view text, std::string_view name);

}  // namespace latesyn
