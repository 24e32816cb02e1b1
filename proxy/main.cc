// The command line: which command takes which arguments, and which exit status it ends with.
// What is done and said stands in the layers below.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>

#include "proxy/catalogue/catalogue.hpp"
#include "proxy/describe/describe.hpp"
#include "proxy/document/nearest.hpp"
#include "proxy/handshake/handshake_page.hpp"
#include "proxy/intercept/plan.hpp"
#include "proxy/intercept/worker_split.hpp"
#include "proxy/lab/ends/endpoint.hpp"
#include "proxy/lab/lab_command.hpp"
#include "proxy/lab/report_page.hpp"
#include "proxy/linux/exit_status.hpp"
#include "proxy/linux/huge_pages.hpp"
#include "proxy/linux/rights.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/notes/counters_page.hpp"
#include "proxy/output/standard_streams.hpp"
#include "proxy/report/play.hpp"
#include "proxy/report/report.hpp"
#include "proxy/run/clean.hpp"
#include "proxy/run/run.hpp"
#include "proxy/values/duration_text.hpp"
#include "proxy/watch/capture_reader.hpp"
#include "proxy/watch/event_log.hpp"

namespace latesyn {
namespace {

/// An option that says something. An empty one may come of a script's variable that was never set,
/// and would mean that the option was left out.
template <typename Text>
CLI::Option* add_text(CLI::App& command, const std::string& name, Text& text,
                      const std::string& about) {
  constexpr const char* kProblem = "the text is empty; write something, or leave the option out";
  return command.add_option(name, text, about)->check([](const std::string& given) {
    return given.empty() ? std::string(kProblem) : std::string();
  });
}

/// An option that is a whole number of these.
template <typename Number>
CLI::Option* add_number(CLI::App& command, const std::string& name, Number& number,
                        std::uint64_t min, std::uint64_t max, const std::string& about) {
  return command.add_option_function<std::string>(
      name,
      [&number, name, min, max](const std::string& text) {
        std::uint64_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc{} || rest != end || value < min || value > max) {
          throw CLI::ValidationError(
              name, fmt::format("{} is no whole number from {} to {}", text, min, max));
        }
        number = static_cast<std::remove_cvref_t<decltype(*std::optional(number))>>(value);
      },
      about);
}

void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed) {
  add_number(command, "--seed", seed, 0, std::numeric_limits<std::uint64_t>::max(),
             "Where all chance starts from (default: anywhere)");
}

constexpr const char* kPolicyIs =
    "The policy file (TOML; JSON where its name ends with .json); docs/policy-reference.md has all "
    "keys";

void add_policy(CLI::App& command, std::string& policy) {
  add_text(command, "POLICY", policy, kPolicyIs)->required();
}

void add_check(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "check", "Validate a policy; print what it intercepts, and each rule in a sentence");
  auto file = std::make_shared<std::string>();
  add_policy(*command, *file);
  command->callback([file, &status] {
    fmt::print("{}", describe(load_whole_policy(*file)));
    status = kAsExpected;
  });
}

/// A command that prints what the program knows of itself.
void add_page(CLI::App& app, int& status, const char* name, const char* about,
              std::string (*page)()) {
  app.add_subcommand(name, about)->callback([&status, page] {
    fmt::print("{}", page());
    status = kAsExpected;
  });
}

/// The example has no sockets and no built-in client, so its expectations are not judged: the
/// example itself says what must happen, segment by segment.
int play_example(const std::string& file, std::uint64_t seed) {
  const Policy policy = load_whole_policy(file);
  if (policy.example.empty()) {
    throw std::runtime_error(file + ": nothing to play; add an [example] with lines");
  }
  const Played played = play(policy, seed);
  for (const FigureLine& line : played.lines) fmt::print("{}\n", to_text(line));
  const Report report{.policy = file,
                      .seed = seed,
                      .ended = played.ended,
                      .late_syns = played.late_syns,
                      .can_make_syns_late = can_make_syn_late(policy),
                      .rules = played.rules,
                      .counters = played.counters};
  fmt::print("\n{}\n", to_text(report));
  const std::string differs = difference(policy.example, played.lines);
  if (differs.empty()) {
    fmt::print("The example came true: {} lines.\n", played.lines.size());
    return kAsExpected;
  }
  fmt::print("The example did not come true (-: not seen, +: seen instead):\n{}", differs);
  return kNotAsExpected;
}

void add_play(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "play", "Play the policy's [example] in virtual time: no rights needed, instantly");
  struct Arguments {
    std::string file;
    std::uint64_t seed = 1;
  };
  auto arguments = std::make_shared<Arguments>();
  add_policy(*command, arguments->file);
  add_number(*command, "--seed", arguments->seed, 0, std::numeric_limits<std::uint64_t>::max(),
             "Where all chance starts from")
      ->default_str("1");
  command->callback(
      [arguments, &status] { status = play_example(arguments->file, arguments->seed); });
}

void add_duration(CLI::App& command, std::optional<Duration>& duration, const std::string& about) {
  command.add_option_function<std::string>(
      "--duration",
      [&duration](const std::string& text) {
        duration = parse_duration(text);
        if (!duration || *duration == Duration::zero()) {
          throw CLI::ValidationError("--duration",
                                     text + " is no duration above 0; write for example 30s or 5m");
        }
      },
      about);
}

void add_held_bytes(CLI::App& command, std::uint64_t& bytes) {
  command
      .add_option("--held-bytes", bytes,
                  "The most memory that waiting packets may take, for example 256MiB; beyond it "
                  "packets pass, and are counted (default: 1GiB)")
      ->transform(CLI::AsSizeValue(true));
}

void add_run(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "run",
      "Apply a policy inline, on a router between real hosts (root, or CAP_NET_ADMIN and "
      "CAP_NET_RAW)");
  command->footer(
      "Ctrl-C stops it and prints the report; SIGHUP reloads the policy; Enter or SIGUSR1 releases "
      "what is held until it is released by hand. At a terminal l lists what is held, and o "
      "releases the oldest of it.");
  auto options = std::make_shared<RunOptions>();
  add_policy(*command, options->policy);
  add_seed(*command, options->seed);
  add_number(*command, "--queue", options->hook.queue, 0, 0xffff,
             "The kernel's packet queue to use")
      ->default_str(std::to_string(options->hook.queue));
  add_number(*command, "--workers", options->hook.workers, 1, kWorkersMax,
             "How many threads share the flows, each with a queue of its own; the decisions are "
             "the same")
      ->default_str("1");
  add_duration(*command, options->duration, "Stop after so long, for example 30s");
  add_held_bytes(*command, options->held_bytes);
  command->add_flag("--spin", options->spin,
                    "Wait awake for what is due: releases on time to a few microseconds, for up to "
                    "250 µs of a processor each");
  add_text(*command, "--json", options->json, "Write the report to this file (-: standard output)");
  add_text(*command, "--events", options->events, "Write every decision to this file, as JSON (-)");
  add_text(*command, "--pcap", options->pcap, "Write what crossed both links to this file (-)");
  command->add_flag("--force", options->force, "Write over files of other users, too");
  command->callback([options, &status] { status = run(*options); });
}

void add_clean(CLI::App& app, int& status) {
  auto* command =
      app.add_subcommand("clean", "Remove the firewall rules that a killed latesyn left behind");
  command->callback([&status] { status = clean(); });
}

void add_family(CLI::App& command, std::optional<Family>& family) {
  auto* v4 = command.add_flag_callback(
      "-4", [&family] { family = Family::v4; }, "Use IPv4 (default: the policy's first choice)");
  command
      .add_flag_callback(
          "-6", [&family] { family = Family::v6; }, "Use IPv6")
      ->excludes(v4);
}

void add_lab(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "lab",
      "Apply a policy between two real kernels, in network namespaces that nobody else sees (no "
      "rights needed); several policies: one after the other, and a comparison");
  command->footer(
      "The commands run in their host's namespace and are told the addresses in LATESYN_SERVER, "
      "LATESYN_CLIENT, LATESYN_PORT and LATESYN_URL. The run ends some time after the client has.");
  auto options = std::make_shared<LabOptions>();
  add_text(*command, "POLICY", options->policies, kPolicyIs)->required();
  add_text(*command, "--server", options->server, "A shell command to run as the server");
  add_text(*command, "--client", options->client,
           "A shell command to run as the client; it must end with status 0, unless the policy "
           "expects another client_status");
  add_family(*command, options->family);
  add_duration(*command, options->duration, "The longest that it may take (default: 5m)");
  add_held_bytes(*command, options->held_bytes);
  add_seed(*command, options->seed);
  add_text(*command, "--json", options->json, "Write the report to this file (-: standard output)");
  add_text(*command, "--events", options->events, "Write every decision to this file, as JSON (-)");
  add_text(*command, "--pcap", options->pcap, "Write what crossed both links to this file (-)");
  add_text(*command, "--svg", options->svg,
           "Draw the ladder of the first late SYN to this file (-)");
  command->add_flag("--force", options->force, "Write over files of other users, too");
  command->callback([options, &status] { status = lab(*options); });
}

void add_catalogue(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "catalogue",
      "Play many policies in the lab, labs side by side, over IPv4 and IPv6; print one table");
  auto options = std::make_shared<CatalogueOptions>();
  add_text(*command, "PATH", options->paths, "Policy files, or folders of them")->required();
  add_number(*command, "--at-once", options->at_once, 1, 100, "How many labs at the same time")
      ->default_str(std::to_string(options->at_once));
  command->callback([options, &status] { status = catalogue(*options); });
}

/// What CLI11 has no words for: a command that there is none of.
void refuse_unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string_view> names;
  for (const CLI::App* command : app.get_subcommands(std::function<bool(const CLI::App*)>())) {
    if (command->get_name() == word) return;
    if (!command->get_group().empty()) names.emplace_back(command->get_name());
  }
  throw std::runtime_error(fmt::format("\"{}\" is no command; {}", word, suggestion(word, names)));
}

/// Not for people: the lab runs it in its namespaces.
void add_endpoint(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("endpoint", "One of the lab's built-in endpoints")->group("");
  auto task = std::make_shared<std::string>();
  command->add_option("TASK", *task)->required();
  command->callback([task, &status] { status = run_endpoint(parse_endpoint_task(*task)); });
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app{
      "latesyn: holds, drops, delays and replays TCP segments between real hosts, and "
      "says what each end made of it"};
  app.set_version_flag("--version", "latesyn " LATESYN_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 all as expected; 1 an expectation or the lab's client failed, or the lab was "
      "cut "
      "off; 2 could not run.");
  int status = kCouldNotRun;
  add_check(app, status);
  add_page(app, status, "impairments",
           "Print every impairment with its parameters, their units and defaults",
           describe_impairments);
  add_page(app, status, "states",
           "Print how latesyn shakes hands itself: docs/states.md, drawn from its table",
           handshake_page);
  add_page(app, status, "counters", "Print what the report counts: docs/counters.md",
           counters_page);
  add_page(app, status, "events", "Print what the lines of --events say: docs/events.md",
           events_page);
  add_page(app, status, "report", "Print what the report of --json says: docs/report.md",
           report_page);
  add_play(app, status);
  add_run(app, status);
  add_lab(app, status);
  add_catalogue(app, status);
  add_clean(app, status);
  add_endpoint(app, status);
  if (argc > 1 && argv[1][0] != '-') refuse_unknown_command(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kAsExpected : kCouldNotRun;
  }
  return status;
}

}  // namespace
}  // namespace latesyn

int main(int argc, char** argv) {
  std::pmr::set_default_resource(&latesyn::huge_pages());
  latesyn::occupy_standard_streams();
  int status = latesyn::kCouldNotRun;
  try {
    latesyn::lay_by_raised_rights();
    status = latesyn::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    latesyn::print_error(error.what());
  }
  return latesyn::finish_output(status);
}
