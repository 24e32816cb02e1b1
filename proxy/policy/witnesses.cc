#include "proxy/policy/witnesses.hpp"

#include <fmt/format.h>

namespace latesyn {
namespace {

/// Takes out of an expectation what nobody can tell, and says of each key why.
class Sieve {
 public:
  template <typename Value>
  void take_out(Value& value, std::string_view key, std::string_view why) {
    const Value nothing{};
    if (is_asked(value)) untold_.push_back(fmt::format("\"{}\": {}", key, why));
    value = nothing;
  }
  std::vector<std::string> untold() && { return std::move(untold_); }

 private:
  static bool is_asked(bool value) { return value; }
  template <typename T>
  static bool is_asked(const std::optional<T>& value) {
    return value.has_value();
  }
  template <typename T>
  static bool is_asked(const std::vector<T>& values) {
    return !values.empty();
  }

  std::vector<std::string> untold_;
};

constexpr std::string_view kOnlyTheLab = "only the lab can tell";

void take_out_end(Sieve& sieve, EndExpectation& e, const std::string& end) {
  sieve.take_out(e.final_states, end + "_final", kOnlyTheLab);
  sieve.take_out(e.reached, end + "_reached", kOnlyTheLab);
  sieve.take_out(e.never, end + "_never", kOnlyTheLab);
  sieve.take_out(e.counters, end + "_counters", kOnlyTheLab);
  sieve.take_out(e.status, end + "_status", kOnlyTheLab);
}

void take_out_lab(Sieve& sieve, Expectation& e) {
  sieve.take_out(e.intact, "exchanges", kOnlyTheLab);
  sieve.take_out(e.lab.example_seen, "example", kOnlyTheLab);
  take_out_end(sieve, e.lab.client, "client");
  take_out_end(sieve, e.lab.server, "server");
  sieve.take_out(e.lab.accepted, "accepted", kOnlyTheLab);
  sieve.take_out(e.lab.served, "served", kOnlyTheLab);
}

void take_out_commands(Sieve& sieve, LabExpectation& e, const Witnesses& witnesses) {
  if (witnesses.client_command || witnesses.server_command) {
    sieve.take_out(e.example_seen, "example", "it is about the built-in ends, and a command ran");
  }
  if (witnesses.server_command) {
    constexpr std::string_view kSilent = "a command is the server, which does not tell";
    sieve.take_out(e.accepted, "accepted", kSilent);
    sieve.take_out(e.served, "served", kSilent);
  } else {
    sieve.take_out(e.server.status, "server_status", "the server is built in; --server names one");
  }
  if (!witnesses.client_command) {
    sieve.take_out(e.client.status, "client_status", "the client is built in; --client names one");
  }
}

}  // namespace

Told told_by(const Witnesses& witnesses, Expectation e) {
  Sieve sieve;
  if (!witnesses.lab) {
    take_out_lab(sieve, e);
  } else {
    take_out_commands(sieve, e.lab, witnesses);
  }
  return {std::move(e), std::move(sieve).untold()};
}

std::vector<std::string> untold_by(const Witnesses& witnesses,
                                   const std::vector<Expectation>& expectations) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    for (const std::string& one : told_by(witnesses, expectations[i]).untold) {
      all.push_back(fmt::format("[[expect]] {}, {}", i + 1, one));
    }
  }
  return all;
}

}  // namespace latesyn
