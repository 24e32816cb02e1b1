#include "proxy/values/kernel_version.hpp"

#include <fmt/format.h>

#include <charconv>

namespace latesyn {
namespace {

/// Takes a number off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  constexpr std::uint32_t kMax = 9999;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > kMax) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// Takes a version off the front of `text`.
std::optional<KernelVersion> take_version(std::string_view& text) {
  const auto major = take_number(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  return KernelVersion{.major = *major, .minor = *minor};
}

}  // namespace

std::optional<KernelVersion> KernelVersion::of_release(std::string_view release) {
  return take_version(release);
}

std::optional<KernelVersion> KernelVersion::parse(std::string_view text) {
  const auto version = take_version(text);
  return text.empty() ? version : std::nullopt;
}

std::string KernelVersion::text() const { return fmt::format("{}.{}", major, minor); }

bool KernelRange::includes(const KernelVersion& version) const {
  return (!from || version >= *from) && (!before || version < *before);
}

std::string KernelRange::text() const {
  std::string out = "Linux";
  if (from) out += " >= " + from->text();
  if (from && before) out += " and";
  if (before) out += " < " + before->text();
  return out;
}

}  // namespace latesyn
