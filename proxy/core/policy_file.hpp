#pragma once
// Reads a policy from TOML. Nothing is accepted that nothing would read.

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "proxy/core/policy.hpp"

namespace latesyn {

/// The text names file, line and column, what is wrong there, and what would be right.
struct PolicyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws PolicyError, also where the file can't be read.
Policy load_policy(const std::filesystem::path& file);

/// The same for text in memory; `name` stands for the file in errors.
Policy parse_policy(std::string_view text, std::string_view name);

}  // namespace latesyn
