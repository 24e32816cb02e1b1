#pragma once
// Somewhere in a policy file, for whoever has to mend something there.

#include <cstdint>
#include <string_view>

namespace latesyn {

/// Both count from 1; a column is a character, however many bytes it has.
struct TextPosition {
  std::uint32_t line = 1, column = 1;

  auto operator<=>(const TextPosition&) const = default;
};

struct Place {
  std::string_view file;
  TextPosition at;
};

/// Throws PolicyError: `file:line:column: problem`.
[[noreturn]] void fail(const Place& place, std::string_view problem);

}  // namespace latesyn
