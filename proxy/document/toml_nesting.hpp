#pragma once
// The TOML library recurses into what a text nests, also when it gives the tables back, and has no
// bound for dotted keys: a text of some hundred kilobytes would end the program.

#include <string_view>

namespace latesyn {

/// Throws PolicyError at the first bracket or key that is more than kDepthMax deep. What is no TOML
/// may pass.
void require_shallow_toml(std::string_view text, std::string_view name);

}  // namespace latesyn
