#pragma once
// docs/counters.md, made from the rows: `latesyn counters` prints it, and a test compares.

#include <string>

namespace latesyn {

std::string counters_page();

}  // namespace latesyn
