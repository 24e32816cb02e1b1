#pragma once
// A router between a client's and a server's host, where `latesyn run` stands as it would between
// real hosts; and a folder for its policies and outputs. All of it is gone with the process.

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "proxy/lab/network.hpp"
#include "tests/netns/running_program.hpp"
#include "tests/unit/scratch.hpp"

namespace latesyn {

class Router {
 public:
  Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  const Network& network() const { return network_; }
  const Endpoint& server(Family family = Family::v4) const {
    return family == Family::v4 ? server_v4_ : server_v6_;
  }

  /// The path of a file in the folder.
  std::string path(const std::string& name) const { return folder_.path() / name; }
  /// Writes a file there, and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  nlohmann::json read_json(const std::string& name) const;
  /// The event log's lines.
  std::vector<nlohmann::json> read_events(const std::string& name) const;

  /// `latesyn` with these arguments, on the router.
  std::unique_ptr<RunningProgram> start(const std::vector<std::string>& arguments,
                                        const ProgramSettings& settings = {}) const;
  /// The same, at work: waits until its rules are in.
  std::unique_ptr<RunningProgram> run(std::vector<std::string> arguments) const;

  /// The names of latesyn's chains on the router, of both families.
  std::vector<std::string> chains() const;

 private:
  test::Scratch folder_;
  Network network_;
  Endpoint server_v4_, server_v6_;
};

/// The shipped policy of that name.
std::string shipped(const std::string& name);

/// Traffic with the router's server in both families, and whatever is in `more`.
std::string policy_text(const std::string& more);

/// A rule that takes every SYN in, and does it no harm.
inline constexpr std::string_view kSlowSyns = R"(
[[rule]]
name = "slow"
when = { segment = "syn" }
do = "delay"
by = "1ms"
)";

/// A rule that holds the first SYN until its connection is closed, and then so long.
std::string hold_text(const std::string& after);

/// Ends a program that was to write its report to the file "report", as Ctrl-C does, and reads
/// that.
nlohmann::json stop(const Router& router, RunningProgram& program);

/// A rule that holds the first SYN until it is released by hand.
inline constexpr std::string_view kByHand = R"(
[[rule]]
name = "by hand"
when = { segment = "syn", copy = 1 }
do = "hold"
until = "released"
)";

}  // namespace latesyn
