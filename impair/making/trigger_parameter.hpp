#pragma once
// The parameter that names a trigger, for every impairment that waits for one.

#include "impair/making/departure.hpp"
#include "impair/making/parameter.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {

constexpr Parameter trigger_parameter(std::string_view key, std::string_view fallback,
                                      std::string_view about) {
  return {key, ParameterKind::choice, fallback, about, kTriggerNames};
}

/// The trigger of a name that the loader has checked against kTriggerNames.
constexpr Trigger trigger(std::string_view text) { return named<Trigger>(kTriggerNames, text); }

/// "2s after its connection is closed"
inline std::string once_text(Trigger once, Duration after) {
  constexpr std::array<std::string_view, kTriggerNames.size()> kEvents{
      "its arrival", "its connection is established", "its connection is closed",
      "it is released by hand"};
  const std::string event(kEvents[static_cast<std::size_t>(once)]);
  return after == Duration::zero() ? event : to_text(after) + " after " + event;
}

}  // namespace latesyn
