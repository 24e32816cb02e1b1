#pragma once
// The parameters that an impairment takes: declared as a table, so that the policy loader, the
// `latesyn impairments` page and the impairment itself all read the same rows.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "proxy/values/rate.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// What a policy may write for a parameter.
enum class ParameterKind : std::uint8_t {
  duration,
  count,
  share,  // may be left out
  rate,
  size,
  backlog,  // what may wait: a duration or a size
  choice,   // one of the words in Parameter::choices
  number,   // a whole number from Parameter::min to Parameter::max; may be left out
  flags,
  option,  // of TCP
};

/// How a kind is told of: on the page of impairments, and in errors.
struct ParameterForm {
  std::string_view name;     // empty: its words, or from where to where, say it all
  std::string_view wanted;   // what to write; empty: its name says it all
  std::string_view example;  // as a policy would write it; empty: the first word, or the most
};
inline constexpr std::uint32_t kParameterMax = 10'000;
/// In the order of ParameterKind.
inline constexpr auto kParameterForms = std::to_array<ParameterForm>({
    {"duration", "a number and a unit (ns, us, ms, s, m, h)", "\"300ms\""},
    {"count", "a whole number from 1 to 10000", "2"},
    {"0 to 1", "", "0.01"},
    {"rate", "a number and a unit (bit/s, kbit/s, Mbit/s, Gbit/s)", "\"10Mbit/s\""},
    {"size", "a number and a unit (B, kB, MB, GB)", "\"64kB\""},
    {"duration or size", "a duration, or a number and a unit (B, kB, MB, GB)", "\"50ms\""},
    {"", "", ""},
    {"", "", ""},
    {"flags", "a list of FIN, SYN, RST, PSH, ACK, URG, ECE and CWR in quotes, ALL or NONE",
     "\"SYN,ECE\""},
    {"option", "a name in quotes, or a kind (a number from 2 to 255)", "\"timestamps\""},
});
static_assert(kParameterForms.size() == static_cast<std::size_t>(ParameterKind::option) + 1,
              "every kind has a form");
constexpr const ParameterForm& form_of(ParameterKind kind) {
  return kParameterForms[static_cast<std::size_t>(kind)];
}

struct Parameter {
  std::string_view key;
  ParameterKind kind;
  /// As a policy would write it; empty: the policy must give a value.
  std::string_view fallback;
  std::string_view about;
  std::span<const std::string_view> choices = {};
  std::int64_t min = 0, max = 0;
};

/// A number that has no value where the policy gives none.
constexpr Parameter optional_number(std::string_view key, std::int64_t min, std::int64_t max,
                                    std::string_view about) {
  return {key, ParameterKind::number, "none", about, {}, min, max};
}

/// The same for something that is added modulo 2^32: below zero it goes back.
constexpr Parameter optional_offset(std::string_view key, std::string_view about) {
  return optional_number(key, -0xffff'ffffLL, 0xffff'ffffLL, about);
}

/// A share of all, or a probability, that has no value where the policy gives none.
constexpr Parameter optional_share(std::string_view key, std::string_view about) {
  return {key, ParameterKind::share, "none", about};
}

using ParameterValue =
    std::variant<Duration, std::uint32_t, std::string, std::int64_t, double, BitRate, ByteCount>;

/// What `word`, which the loader has checked against `words`, stands for in the enumeration that
/// they are the names of.
template <typename Enumeration>
constexpr Enumeration named(std::span<const std::string_view> words, std::string_view word) {
  std::size_t at = 0;
  while (words[at] != word) ++at;
  return static_cast<Enumeration>(at);
}

/// A value that is well formed but makes no sense beside the others; `key` tells the loader where.
struct BadParameter : std::runtime_error {
  BadParameter(std::string_view key_, const std::string& why)
      : std::runtime_error(why), key(key_) {}
  std::string key;
};

/// Throws BadParameter where it does not hold.
inline void require(bool holds, std::string_view key, const std::string& why) {
  if (!holds) throw BadParameter(key, why);
}

/// The values for one rule: every declared parameter is of its kind and in its range, and present
/// unless it is a number or a share that was left out.
class Parameters {
 public:
  explicit Parameters(std::map<std::string, ParameterValue, std::less<>> values)
      : values_(std::move(values)) {}
  Duration duration(std::string_view key) const { return std::get<Duration>(at(key)); }
  BitRate rate(std::string_view key) const { return std::get<BitRate>(at(key)); }
  ByteCount size(std::string_view key) const { return std::get<ByteCount>(at(key)); }
  std::variant<Duration, ByteCount> backlog(std::string_view key) const {
    const auto* const size = std::get_if<ByteCount>(&at(key));
    if (size != nullptr) return *size;
    return duration(key);
  }
  std::uint32_t count(std::string_view key) const { return std::get<std::uint32_t>(at(key)); }
  const std::string& choice(std::string_view key) const { return std::get<std::string>(at(key)); }
  std::optional<std::int64_t> number(std::string_view key) const {
    return optional<std::int64_t>(key);
  }
  std::optional<double> share(std::string_view key) const { return optional<double>(key); }
  double share(std::string_view key, double otherwise) const {
    return share(key).value_or(otherwise);
  }
  /// The bits of Flags.
  std::uint8_t flags(std::string_view key) const { return static_cast<std::uint8_t>(count(key)); }
  /// The kind of an option.
  std::uint8_t option(std::string_view key) const { return static_cast<std::uint8_t>(count(key)); }

  bool operator==(const Parameters&) const = default;

 private:
  template <typename T>
  std::optional<T> optional(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(std::get<T>(found->second));
  }
  const ParameterValue& at(std::string_view key) const { return values_.find(key)->second; }
  std::map<std::string, ParameterValue, std::less<>> values_;
};

}  // namespace latesyn
