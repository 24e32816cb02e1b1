#pragma once
// The names that users write for TCP options (IANA's registry of kinds) and for the ECN bits of IP.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

struct OptionName {
  std::string_view name;
  std::uint8_t kind;
};
inline constexpr std::array kOptionNames{
    OptionName{"mss", option::kMss},
    OptionName{"window-scale", option::kWindowScale},
    OptionName{"sack-permitted", option::kSackPermitted},
    OptionName{"sack", option::kSack},
    OptionName{"timestamps", option::kTimestamps},
    OptionName{"md5", option::kMd5},
    OptionName{"ao", option::kAo},
    OptionName{"mptcp", option::kMptcp},
    OptionName{"fast-open", option::kFastOpen},
};

/// The kind of the option with this name; nothing where there is none.
constexpr std::optional<std::uint8_t> option_kind(std::string_view name) {
  for (const OptionName& known : kOptionNames) {
    if (known.name == name) return known.kind;
  }
  return std::nullopt;
}

/// "timestamps"; "option 77" for a kind without a name.
inline std::string option_name(std::uint8_t kind) {
  for (const OptionName& known : kOptionNames) {
    if (known.kind == kind) return std::string(known.name);
  }
  return "option " + std::to_string(kind);
}

/// The two bits of ECN in the order of their values (RFC 3168 section 5).
inline constexpr std::array<std::string_view, 4> kEcnNames{"not-ect", "ect-1", "ect-0", "ce"};

}  // namespace latesyn
