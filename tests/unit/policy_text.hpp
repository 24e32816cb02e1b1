#pragma once
// Policies as text in tests, and what the loader says to them.

#include <string>

#include "proxy/loader/policy_file.hpp"

namespace latesyn::test {

/// Line 1 is the text's own first line.
inline Policy policy_of(std::string_view text) { return parse_policy(text, "p.toml"); }

/// The error's text; "" where there is none.
inline std::string error_of(std::string_view text) {
  try {
    policy_of(text);
  } catch (const PolicyError& error) {
    return error.what();
  }
  return "";
}

/// The same for the one rule of a policy. Its `[[rule]]` stands in line 2, the text from line 3 on.
inline std::string rule_error(std::string_view rule) {
  return error_of("about = \"a\"\n[[rule]]\n" + std::string(rule));
}

/// A policy with one rule.
inline Policy with_rule(std::string_view rule) {
  return policy_of("about = \"a\"\n[[rule]]\n" + std::string(rule));
}

}  // namespace latesyn::test
