#pragma once
// Versions of Linux, and which of them something is about.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latesyn {

/// The first two numbers of a release: what kernels do to TCP changes with these.
struct KernelVersion {
  std::uint32_t major = 0, minor = 0;
  auto operator<=>(const KernelVersion&) const = default;

  /// What stands in front of a release ("6.1.0-50-cloud-amd64" is 6.1), each number at most 9999;
  /// nothing where it does not begin with two numbers and a dot between them.
  static std::optional<KernelVersion> of_release(std::string_view release);
  /// The same where nothing else may follow.
  static std::optional<KernelVersion> parse(std::string_view text);
  std::string text() const;
};

/// All from `from` on, and before `before`; where one is left out that side is open.
struct KernelRange {
  std::optional<KernelVersion> from, before;
  bool operator==(const KernelRange&) const = default;

  bool includes(const KernelVersion& version) const;
  /// "Linux >= 6.1 and < 6.13"; "Linux" where it is every one.
  std::string text() const;
};

}  // namespace latesyn
