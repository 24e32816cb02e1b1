#pragma once
// Durations as people write them, in policies and on the command line: "300ms", "1.5s", "2h".

#include <optional>
#include <string>
#include <string_view>

#include "proxy/values/time.hpp"

namespace latesyn {

/// A number and one of the units ns, us, ms, s, m, h; from 0 to 100 years. Nothing for anything
/// else.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact form, in the largest unit that leaves at most three decimals: "2s", "1.5ms".
std::string to_text(Duration duration);

/// For people: rounded to three decimals of s or ms, or to whole us, and in m or h where it is
/// whole minutes: "117.702ms" for 117,701,509 ns, "368us", "90.5s", "2h".
std::string rounded_text(Duration duration);

}  // namespace latesyn
