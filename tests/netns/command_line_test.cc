// What the command line refuses, before anything is done; the exit status is 2 then.

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// The first line that is said of it.
std::string refusal_line(const std::vector<std::string>& arguments) {
  RunningProgram program(Namespace::current(), arguments);
  CHECK(program.wait() == 2);
  CHECK(program.printed().empty());
  return program.said().substr(0, program.said().find('\n'));
}

}  // namespace

TEST_CASE("An unknown command is named, with the one that was probably meant") {
  const std::string known =
      "one of: check, impairments, states, counters, events, report, play, run, lab, catalogue, "
      "clean";
  CHECK(refusal_line({"foo"}) == "latesyn: \"foo\" is no command; " + known);
  CHECK(refusal_line({"chek", "p.toml"}) ==
        "latesyn: \"chek\" is no command; did you mean \"check\"? It is " + known);
}

TEST_CASE("A number that is none, or out of range, is refused with the range") {
  CHECK(refusal_line({"run", "p.toml", "--seed", "-1"}) ==
        "--seed: -1 is no whole number from 0 to 18446744073709551615");
  CHECK(refusal_line({"lab", "p.toml", "--seed", "abc"}) ==
        "--seed: abc is no whole number from 0 to 18446744073709551615");
  CHECK(refusal_line({"play", "p.toml", "--seed", "1.5"}) ==
        "--seed: 1.5 is no whole number from 0 to 18446744073709551615");
  CHECK(refusal_line({"run", "p.toml", "--queue", "70000"}) ==
        "--queue: 70000 is no whole number from 0 to 65535");
  CHECK(refusal_line({"run", "p.toml", "--workers", "0"}) ==
        "--workers: 0 is no whole number from 1 to 16");
  CHECK(refusal_line({"catalogue", ".", "--at-once", "101"}) ==
        "--at-once: 101 is no whole number from 1 to 100");
}

TEST_CASE("A duration of a run is above zero and has a unit") {
  for (const std::string text : {"5", "0s", "soon"}) {
    CHECK(refusal_line({"lab", "p.toml", "--duration", text}) ==
          "--duration: " + text + " is no duration above 0; write for example 30s or 5m");
  }
}

TEST_CASE("An empty command or file is not taken for none") {
  for (const std::string option : {"--client", "--server", "--json", "--events"}) {
    CHECK(refusal_line({"lab", "p.toml", option, ""}) ==
          option + ": the text is empty; write something, or leave the option out");
  }
}

}  // namespace latesyn::test
