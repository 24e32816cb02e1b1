#pragma once
// What the commands end with.

namespace latesyn {

inline constexpr int kAsExpected = 0, kNotAsExpected = 1;
/// A file that was asked for could not be written to its end.
inline constexpr int kNotWhole = 2;
inline constexpr int kCouldNotRun = 2;

}  // namespace latesyn
