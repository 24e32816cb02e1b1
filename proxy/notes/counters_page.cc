#include "proxy/notes/counters_page.hpp"

#include <fmt/format.h>

#include "proxy/notes/counters.hpp"

namespace latesyn {
namespace {

template <typename Rows>
std::string table(std::string_view title, const Rows& rows) {
  std::string out = fmt::format("\n## {}\n| name | counts |\n| --- | --- |\n", title);
  for (const auto& row : rows) out += fmt::format("| `{}` | {} |\n", row.name, row.counts);
  return out;
}

}  // namespace

std::string counters_page() {
  std::string out =
      "# Counters\n\nWhat the report of `--json` counts. A number counts packets where it says "
      "nothing "
      "else; \"passed\" in front\nsays that they went on untouched, and why no rule had a "
      "say.\n";
  out += table("`counters`: in the engine", kCounterRows);
  out += "| `defects` | passed: not a TCP segment that can be read; by reason |\n";
  out += "| `stripped` | SYNs of ours that left an option out, by option |\n";
  out += table("`tables`: what is remembered at the end", kTableRows);
  out += table("Beside them, of `latesyn run`: at the kernel's side", kDeviceRows);
  return out;
}

}  // namespace latesyn
