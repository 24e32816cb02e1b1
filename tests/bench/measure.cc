#include "tests/bench/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "tests/bench/loads.hpp"
#include "tests/bench/numbers.hpp"
#include "tests/bench/probes.hpp"

namespace latesyn::bench {
namespace {

using Load = std::function<double(const Bed&, const Standing&, std::uint16_t port)>;

void note(Results& results, const std::string& load, const std::string& subject, double value) {
  results.values[load][subject].push_back(value);
  fmt::print(stderr, "  {:<12} {:<18} {:.6g}\n", load, subject, value);
}

/// A program's last words may have many lines; a table has none to spare.
std::string on_one_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

void fail(Results& results, const std::string& load, const std::string& subject,
          const std::string& reason) {
  const std::string why = on_one_line(reason);
  results.missing[load][subject] = why;
  fmt::print(stderr, "  {:<12} {:<18} {}\n", load, subject, why);
}

/// Each subject once, then each once more, …: what changes on the machine meanwhile hits them all.
void interleave(const Options& options, const std::string& name,
                const std::vector<Subject>& subjects, const Load& load, Results& results) {
  for (int run = 0; run < options.runs_or_default(); ++run) {
    for (const Subject& subject : subjects) {
      if (results.missing[name].contains(subject.name)) continue;
      if (!subject.missing.empty()) {
        fail(results, name, subject.name, subject.missing);
        continue;
      }
      try {
        const std::uint16_t port = next_port();
        const Bed bed;
        const Standing standing = subject.stand(bed, port);
        note(results, name, subject.name, load(bed, standing, port));
      } catch (const std::exception& error) {
        fail(results, name, subject.name, error.what());
      }
    }
  }
}

std::vector<Subject> with_peers(std::vector<Subject> subjects, const Options& options) {
  for (const auto& [name, command] : options.peers) subjects.push_back(peer(name, command));
  return subjects;
}

Subject joined() { return latesyn_with("joined", handshake_policy("client-first", "kernel")); }
Subject control() { return latesyn_with("control", stale_syn_policy()); }
Subject every() { return latesyn_with("every", every_segment_policy()); }

void measure_bulk(const Options& options, Results& results) {
  interleave(
      options, "bulk",
      with_peers({no_queue(), control(), joined(), every(),
                  latesyn_with("user space", handshake_policy("client-first", "user")),
                  accept_all(), haproxy(), nginx_stream()},
                 options),
      [&](const Bed& bed, const Standing& standing, std::uint16_t port) {
        return bulk(bed, standing, port, options.seconds());
      },
      results);
}

void measure_connections(const Options& options, Results& results) {
  interleave(
      options, "connections",
      with_peers({no_queue(), latesyn_with("SYNs", syn_rule_policy()),
                  latesyn_with("client-first", handshake_policy("client-first")),
                  latesyn_with("server-first", handshake_policy("server-first")), accept_all(),
                  synproxy(), haproxy(), nginx_stream()},
                 options),
      [&](const Bed& bed, const Standing& standing, std::uint16_t port) {
        return connections(bed, standing, port, options.seconds());
      },
      results);
}

void measure_round_trips(const Options& options, Results& results) {
  interleave(
      options, "round trip",
      with_peers({no_queue(), control(), joined(), every(), accept_all(), haproxy()}, options),
      [&](const Bed& bed, const Standing& standing, std::uint16_t port) {
        return round_trips(bed, standing, port, options.quick ? 5'000 : 20'000).p50_us;
      },
      results);
}

void measure_flood(const Options& options, Results& results) {
  constexpr double kPerSecond = 100e3;
  interleave(
      options, "flood",
      {latesyn_with("client-first", handshake_policy("client-first")), synproxy()},
      [&](const Bed& bed, const Standing&, std::uint16_t port) {
        return share_answered(bed, port, options.quick ? 100'000 : 200'000, kPerSecond);
      },
      results);
}

/// Bits per second on a link of 100 Mbit/s.
void measure_rate(const Options& options, Results& results) {
  for (const unsigned streams : {1U, 200U}) {
    std::vector<Subject> subjects{latesyn_with("latesyn", rate_policy()), token_bucket()};
    for (Subject& subject : subjects) subject.name += fmt::format(", {}", streams);
    interleave(
        options, "rate", subjects,
        [&](const Bed& bed, const Standing& standing, std::uint16_t) {
          return filled_link(bed, standing, streams, 2 * options.seconds());
        },
        results);
  }
  for (int run = 0; run < options.runs_or_default(); ++run) {
    note(results, "rate", "asked for", kShapedBits);
  }
}

std::string delay_policy(int delay_us) {
  return fmt::format(
      "[[rule]]\nwhen = {{ segment = \"syn\" }}\ndo = \"delay\"\nby = \"{:.1f}ms\"\n",
      delay_us / 1000.0);
}

/// A rule that captures and releases at once: the same way, but for the wait.
constexpr std::string_view kAtOnce = "[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"duplicate\"\n";

using Probe = std::vector<double> (*)(const Bed&, std::uint16_t, Duration, int);

/// How late SYNs are that are to arrive after a delay, beyond those that leave at once.
void measure_lateness(const Options& options, Results& results, const std::string& prefix,
                      Probe probe, const std::function<Subject(int)>& delaying,
                      const Subject& at_once) {
  const int count = options.quick ? 200 : 1000;
  const auto measured = [&](const Subject& subject, Probe by, Duration delay) {
    const std::uint16_t port = next_port();
    const Bed bed;
    const auto standing = subject.stand(bed, port);
    return by(bed, port, delay, count);
  };
  const double way = median(measured(at_once, transits_us, Duration::zero()));
  Series late;
  for (const int delay_us : {100, 300, 1300, 5000, 10000}) {
    for (const double us :
         measured(delaying(delay_us), probe, std::chrono::microseconds(delay_us))) {
      late.push_back(us - way);
    }
  }
  note(results, "lateness", prefix + "p50", quantile(late, 0.5));
  note(results, "lateness", prefix + "p99", quantile(late, 0.99));
}

void measure_lateness(const Options& options, Results& results) {
  const auto delaying = [](const std::vector<std::string>& arguments) {
    return [arguments](int us) { return latesyn_with("lateness", delay_policy(us), arguments); };
  };
  const Subject at_once = latesyn_with("way", std::string(kAtOnce));
  measure_lateness(options, results, "", transits_us, delaying({}), at_once);
  measure_lateness(options, results, "spin ", transits_us, delaying({"--spin"}), at_once);
  measure_lateness(
      options, results, "bare alarm ", alarms_us, [](int) { return no_queue(); }, no_queue());
}

void measure_held(const Options& options, Results& results) {
  const std::uint16_t port = next_port();
  const Bed bed;
  const auto standing = latesyn_with("held", hold_policy()).stand(bed, port);
  const Held held = hold_syns(bed, standing, port, options.quick ? 100'000 : 500'000);
  note(results, "held", "bytes", held.bytes_each);
  note(results, "held", "per second", held.released_per_second);
  note(results, "held", "lost", held.lost);
}

void measure_idle(const Options& options, Results& results) {
  const std::uint16_t port = next_port();
  const Bed bed;
  const auto standing =
      latesyn_with("idle", handshake_policy("client-first", "kernel")).stand(bed, port);
  const Idle idle = idle_connections(bed, standing, port, options.quick ? 4'000 : 8'000);
  note(results, "idle", "ours", idle.ours);
  note(results, "idle", "kernel", idle.kernel);
  note(results, "idle", "bytes", idle.ours + idle.kernel);
}

}  // namespace

Results measure(const Options& options) {
  Results results;
  const auto part = [&](const std::string& load, const auto& measure_it) {
    if (!options.only.empty() && std::ranges::find(options.only, load) == options.only.end()) {
      return;
    }
    try {
      measure_it();
    } catch (const std::exception& error) {
      for (const RowKind& row : row_kinds()) {
        if (row.load == load) fail(results, load, row.subject, error.what());
      }
    }
  };
  part("bulk", [&] { measure_bulk(options, results); });
  part("connections", [&] { measure_connections(options, results); });
  part("round trip", [&] { measure_round_trips(options, results); });
  part("rate", [&] { measure_rate(options, results); });
  part("flood", [&] { measure_flood(options, results); });
  part("lateness", [&] { measure_lateness(options, results); });
  part("held", [&] { measure_held(options, results); });
  part("idle", [&] { measure_idle(options, results); });
  part("flow table", [&] { note(results, "flow table", "find", find_ns(1'000'000)); });
  return results;
}

}  // namespace latesyn::bench
