#include "tests/netns/router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "proxy/firewall/leftovers.hpp"

namespace latesyn {
namespace {

Endpoint endpoint(std::string_view address) { return {IpAddress::parse(address).value(), 8080}; }

/// Those that the shipped policies speak of.
Addresses addresses() {
  const auto at = [](std::string_view text) { return IpAddress::parse(text).value(); };
  return {.client_v4 = at("10.1.0.2"),
          .client_v6 = at("fd00:1::2"),
          .server_v4 = at("10.2.0.2"),
          .server_v6 = at("fd00:2::2")};
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// So that all tests of `run` can be run with several workers, too: LATESYN_TEST_WORKERS=2.
std::vector<std::string> with_workers(std::vector<std::string> arguments) {
  const char* workers = std::getenv("LATESYN_TEST_WORKERS");
  const bool asked = std::ranges::find(arguments, "--workers") != arguments.end();
  if (workers != nullptr && !asked && arguments.front() == "run") {
    arguments.insert(arguments.end(), {"--workers", workers});
  }
  return arguments;
}

}  // namespace

Router::Router()
    : network_(addresses()), server_v4_(endpoint("10.2.0.2")), server_v6_(endpoint("fd00:2::2")) {}

std::string Router::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
  return path(name);
}

nlohmann::json Router::read_json(const std::string& name) const {
  return nlohmann::json::parse(file_text(path(name)));
}

std::vector<nlohmann::json> Router::read_events(const std::string& name) const {
  std::vector<nlohmann::json> events;
  std::ifstream file(path(name));
  for (std::string line; std::getline(file, line);) events.push_back(nlohmann::json::parse(line));
  return events;
}

std::unique_ptr<RunningProgram> Router::start(const std::vector<std::string>& arguments,
                                              const ProgramSettings& settings) const {
  return std::make_unique<RunningProgram>(network_.router(), with_workers(arguments), settings);
}

std::unique_ptr<RunningProgram> Router::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "run");
  auto program = start(arguments);
  INFO(program->said());
  REQUIRE(program->says("seed "));
  return program;
}

std::vector<std::string> Router::chains() const {
  const Inside inside(network_.router());
  std::vector<std::string> names;
  for (const Family family : {Family::v4, Family::v6}) {
    for (const OwnChain& chain : find_chains(family)) names.push_back(chain.name);
  }
  return names;
}

std::string shipped(const std::string& name) { return LATESYN_SOURCE "/policies/" + name; }

std::string policy_text(const std::string& more) {
  return "about = \"A test.\"\n[traffic]\nservers = [\"10.2.0.2:8080\", \"[fd00:2::2]:8080\"]\n" +
         more;
}

std::string hold_text(const std::string& after) {
  return fmt::format(
      "[[rule]]\nname = \"stuck\"\nwhen = {{ segment = \"syn\", copy = 1 }}\ndo = \"hold\"\n"
      "until = \"closed\"\nafter = \"{}\"\n",
      after);
}

nlohmann::json stop(const Router& router, RunningProgram& program) {
  program.send(SIGINT);
  INFO(program.said());
  CHECK(program.wait() == 0);
  return router.read_json("report");
}

}  // namespace latesyn
