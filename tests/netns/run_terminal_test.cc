// A run that somebody watches: at a terminal.

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"
#include "tests/netns/terminal.hpp"

namespace latesyn {
namespace {

bool shows(Terminal& terminal, std::string_view text) {
  return eventually([&] { return terminal.shown().find(text) != std::string::npos; });
}

std::unique_ptr<RunningProgram> run_at(Terminal& terminal, const Router& router) {
  const auto policy = router.write("p.toml", policy_text(std::string(kByHand)));
  auto program = router.start(
      {"run", policy}, {.environment = {}, .before_start = [&terminal] { terminal.attach(); }});
  INFO(terminal.shown());
  REQUIRE(shows(terminal, "seed "));
  return program;
}

TEST_CASE("Enter releases what waits for that, and the last line tells what is held") {
  const Router router;
  const Server server(router.network().server(), router.server(), echo);
  Terminal terminal;
  const auto program = run_at(terminal, router);
  CHECK(shows(terminal, "0 segments seen, 0 late SYNs; nothing is held"));
  std::string answer;
  std::thread client([&] { answer = ask(router.network().client(), router.server(), "hello"); });
  CHECK(shows(terminal, "captured by \"by hand\""));
  CHECK(shows(terminal, "1 held: they wait for their connections, or for a release by hand"));
  terminal.type("\n");
  CHECK(shows(terminal, "released by hand: 1 of 1 held"));
  client.join();
  CHECK(answer == "hello");
}

TEST_CASE("Ctrl-C at the terminal stops it cleanly") {
  const Router router;
  Terminal terminal;
  const auto program = run_at(terminal, router);
  terminal.type("\x03");
  CHECK(program->wait() == 0);
  CHECK(router.chains().empty());
}

TEST_CASE("A terminal that is closed stops it cleanly, and does not reload") {
  const Router router;
  Terminal terminal;
  const auto program = run_at(terminal, router);
  terminal.close();
  CHECK(program->wait() == 0);
  CHECK(router.chains().empty());
}

}  // namespace
}  // namespace latesyn
