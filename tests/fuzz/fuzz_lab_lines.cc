// The lines that a lab has to do with: those of an example, those of [lab] steps, and what its
// programs write.

#include <cmath>

#include "proxy/lab/conversations.hpp"
#include "proxy/lab/ends/endpoint.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/process/line_splitter.hpp"
#include "tests/fuzz/require.hpp"

using namespace latesyn;
using test::require;

namespace {

/// Lines come out as they went in, whatever the parts that they came in.
std::vector<std::string> split(std::string_view text, std::size_t part_size) {
  std::vector<std::string> lines;
  LineSplitter splitter([&](const std::string& line) { lines.push_back(line); });
  for (std::size_t at = 0; at < text.size(); at += part_size) {
    splitter.add(text.substr(at, part_size));
  }
  splitter.end();
  return lines;
}

/// What is printed is read again; times are printed to the millisecond.
void read_example(const std::string& text) {
  const auto line = parse_figure_line(text);
  if (!line || in_seconds(line->at) > 999'999'999) return;
  auto again = parse_figure_line(to_text(*line));
  require(again && std::abs((again->at - line->at).count()) <= 500'000);
  again->at = line->at;
  require(*again == *line);
}

void read_step(const std::string& text) {
  try {
    // As TOML has it, a text between apostrophes is just that.
    const Policy policy = parse_policy("about = \"a\"\n[lab]\nsteps = [\n'" + text + "']\n", "f");
    for (const LabStep& step : policy.lab.steps) {
      const std::string line = to_line(step);
      require(to_line(parse_step_line(line)) == line);
    }
  } catch (const PolicyError& error) {
    require(std::string_view(error.what()).starts_with("f"));
  }
}

/// Only the built-in programs are listened to; what is no such line must still be an error that
/// somebody can catch.
void hear(const std::string& line) {
  try {
    Conversations().hear(line);
    static_cast<void>(parse_step_line(line));
  } catch (const std::exception& error) {
    require(!std::string_view(error.what()).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto lines = split(text, size + 1);
  require(lines == split(text, 1) && lines == split(text, 7));
  for (const std::string& line : lines) {
    read_example(line);
    read_step(line);
    hear(line);
  }
  return 0;
}
