#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kLinesMax = 10'000;

FigureLine read_line(const DocumentValue& value) {
  constexpr std::string_view kWanted =
      "a line such as \"1.000 A --> <SEQ=100><CTL=SYN> --> B\"; docs/policy-reference.md shows all "
      "forms";
  const auto line = parse_figure_line(value.text(kWanted));
  if (!line) value.refuse(kWanted);
  return *line;
}

}  // namespace

std::vector<FigureLine> read_example(const DocumentValue& section) {
  DocumentTable table = section.table("[example]");
  std::vector<FigureLine> lines;
  const DocumentValue list = table.at("lines", "lines = [\"0.0 A --> <SEQ=100><CTL=SYN> --> B\"]");
  for (const DocumentValue& value : list.list("a list of lines", kLinesMax)) {
    const FigureLine line = read_line(value);
    if (!lines.empty() && line.at < lines.back().at) {
      value.fail("this line is earlier than the one before it; put the lines in order of time");
    }
    lines.push_back(line);
  }
  table.refuse_unread();
  return lines;
}

}  // namespace latesyn
