#pragma once
// docs/report.md, made from what the reports are made of: `latesyn report` prints it, and a test
// holds the two against each other.

#include <string>

namespace latesyn {

std::string report_page();

}  // namespace latesyn
