#pragma once
// The three descriptors that every program starts with, or without: closed, full, or read by
// nobody.

#include <string_view>

#include "proxy/linux/descriptor.hpp"

namespace latesyn {

/// To be called first. A standard descriptor that is closed would be the number of the next file
/// that is opened, and the log would be written there: instead reading and writing it fails.
void occupy_standard_streams();

/// The standard output, for a file that is named "-" (`what`: "the report"): what is printed goes
/// to the standard error from here on. Throws std::runtime_error where another file has it already.
Descriptor take_standard_output(std::string_view what);

/// Says why the program could not do what it was asked for. Where nobody can be told, it is not.
void print_error(std::string_view why);

/// To be called last: what was logged and printed is written now. Returns `status`, or kNotWhole
/// where the standard output did not take everything.
[[nodiscard]] int finish_output(int status);

}  // namespace latesyn
