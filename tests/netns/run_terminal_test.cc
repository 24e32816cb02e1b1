// A run that somebody watches: at a terminal.

#include <fmt/format.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "proxy/linux/families.hpp"

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

TEST_CASE("single keys list what is held, and release the oldest of it") {
  const Router router;
  const Server v4(router.network().server(), router.server(), echo);
  const Server v6(router.network().server(), router.server(Family::v6), echo);
  Terminal terminal;
  const auto program = run_at(terminal, router);
  terminal.type("l");
  CHECK(shows(terminal, "nothing is held\r\n"));
  std::array<std::string, 2> answers;
  std::array<std::thread, 2> clients;
  for (const Family family : kFamilies) {
    const auto i = family == Family::v4 ? 0U : 1U;
    clients.at(i) = std::thread([&, i, family] {
      answers.at(i) = ask(router.network().client(), router.server(family), "hello");
    });
    // One after the other, so that it is known which is the oldest.
    CHECK(shows(terminal, fmt::format("; {} held", i + 1)));
  }
  terminal.type("l");
  CHECK(shows(terminal, "2 held:\r\n"));
  const std::string first =
      fmt::format(" - {}  #1  syn for the server, held for ", router.server().text());
  const std::string second =
      fmt::format(" - {}  #2  syn for the server, held for ", router.server(Family::v6).text());
  CHECK(shows(terminal, "by \"by hand\": waits for a release by hand"));
  CHECK(shows(terminal, first));
  CHECK(shows(terminal, second));
  terminal.type("o");
  clients[0].join();
  CHECK(answers == std::array<std::string, 2>{"hello", ""});
  terminal.type("o");
  clients[1].join();
  CHECK(answers == std::array<std::string, 2>{"hello", "hello"});
  terminal.type("?");
  CHECK(shows(terminal, "keys: Enter releases what waits for that, l lists what is held"));
}

TEST_CASE("the terminal is as it was once the run is over") {
  const Router router;
  Terminal terminal;
  const auto before = terminal.modes();
  const auto program = run_at(terminal, router);
  CHECK(terminal.modes() != before);
  terminal.type("\x03");
  CHECK(program->wait() == 0);
  CHECK(terminal.modes() == before);
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
