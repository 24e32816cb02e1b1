// `bench`: how fast latesyn is, beside others on the same machine in the same minutes.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>

#include "tests/bench/accept_all.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/soak.hpp"

namespace latesyn::bench {
namespace {

void write(const std::string& file, const std::string& text) {
  if (file.empty()) return;
  std::ofstream out(file);
  out << text;
  out.flush();
  if (!out) throw std::runtime_error("could not write " + file);
}

std::pair<std::string, std::string> name_and_command(const std::string& text) {
  const auto at = text.find('=');
  if (at == text.npos || at == 0) {
    throw std::runtime_error("--peer " + text + " names no command; write NAME=COMMAND");
  }
  return {text.substr(0, at), text.substr(at + 1)};
}

int run(const Options& options) {
  if (::geteuid() != 0) {
    throw std::runtime_error("could not measure: it needs root; run: sudo ./dev bench");
  }
  const Results results = measure(options);
  fmt::print("{}", table(results));
  write(options.json, json(results));
  write(options.svg, svg(results));
  return 0;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Measures latesyn beside its peers; a row is a ratio within the same run"};
  Options options;
  std::vector<std::string> peers;
  bool accept = false;
  app.add_flag("--quick", options.quick, "Fewer and shorter runs: under three minutes");
  app.add_option("--peer", peers,
                 "One more proxy, as NAME=COMMAND; it is told LATESYN_SERVER and LATESYN_LISTEN");
  app.add_option("--only", options.only,
                 "These loads only: bulk, connections, round trip, rate, flood, lateness, held, "
                 "idle, flow table");
  app.add_option("--runs", options.runs, "Runs of each subject (default: 5, quick: 2)");
  app.add_option("--json", options.json, "Write every number to this file");
  app.add_option("--svg", options.svg, "Draw the rows to this file");
  app.add_subcommand("accept-all", "Not for people: the loop that lets everything pass")
      ->group("")
      ->callback([&accept] { accept = true; });
  bool soaks = false;
  double minutes = 30;
  SoakOptions soak_options;
  auto* soak_command =
      app.add_subcommand("soak", "Many connections through a mixed policy, for long");
  soak_command
      ->add_option("minutes", minutes,
                   "How long; memory grows for four, as long as closed flows are kept")
      ->capture_default_str();
  soak_command->add_option("--rate", soak_options.per_second, "New connections per second")
      ->capture_default_str();
  soak_command->callback([&soaks] { soaks = true; });
  CLI11_PARSE(app, argc, argv);
  if (soaks) {
    soak_options.duration = std::chrono::seconds(std::lround(60 * minutes));
    return soak(soak_options);
  }
  if (accept) return accept_all_loop();
  for (const std::string& text : peers) options.peers.push_back(name_and_command(text));
  return run(options);
}

}  // namespace
}  // namespace latesyn::bench

int main(int argc, char** argv) {
  try {
    return latesyn::bench::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  }
}
