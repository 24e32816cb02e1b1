// A lab that somebody watches: at a terminal.

#include "tests/netns/eventually.hpp"
#include "tests/netns/lab_run.hpp"
#include "tests/netns/terminal.hpp"

namespace latesyn::test {
namespace {

bool shows(Terminal& terminal, std::string_view text) {
  return eventually([&] { return terminal.shown().find(text) != std::string::npos; });
}

ProgramSettings at(const Terminal& terminal) {
  return {.environment = {}, .before_start = [&terminal] { terminal.attach(); }};
}

}  // namespace

TEST_CASE("lab: at a terminal the last line tells what is held and when it is due") {
  Terminal terminal;
  LabRun run({shipped("slow_syn.toml")}, at(terminal));
  CHECK(shows(terminal, "1 held: the next is due in"));
  CHECK(run.status() == 0);
}

TEST_CASE("lab: Ctrl-C at a terminal ends it with what was seen so far") {
  Terminal terminal;
  LabRun run({shipped("half_open.toml")}, at(terminal));
  CHECK(shows(terminal, "1 held"));
  terminal.type("\x03");
  CHECK(run.status() == 1);
  CHECK_THAT(run.printed(), Catch::Contains("interrupted: what stands here is what was seen"));
}

}  // namespace latesyn::test
