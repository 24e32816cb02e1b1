#pragma once
// docs/states.md, drawn from the table of handshakes: `latesyn states` prints it, and a test
// compares.

#include <string>

namespace latesyn {

/// Markdown: for each mode a diagram (Mermaid) and a table with a line for each row.
std::string handshake_page();

}  // namespace latesyn
