// Whoever tells of a run tells the same: the event log, the report and its JSON, and the figure, of
// random packets through random policies.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "proxy/loader/policy_file.hpp"
#include "proxy/notes/late_syn_list.hpp"
#include "proxy/notes/scribe.hpp"
#include "proxy/report/report.hpp"
#include "proxy/watch/event_log.hpp"
#include "tests/virtual/random_world.hpp"

namespace latesyn::test {
namespace {

using nlohmann::json;

constexpr std::uint64_t kSeeds = 60;

/// Everything that a run had to say.
struct Told {
  std::vector<json> events;
  std::vector<FigureLine> figure;
  json report;
};

class Run {
 public:
  Run(const std::string& policy, std::uint64_t seed)
      : engine_(parse_policy(policy, "random.toml"), seed) {}

  void packet(const TimedPacket& timed) {
    run_until(timed.at);
    engine_.on_packet(timed.at, {.bytes = timed.packet.bytes}, out_);
    write_down();
  }
  void release(Time now) {
    run_until(now);
    engine_.obey(now, Release{ForHand{}}, out_);
    write_down();
  }
  void run_until(Time end) {
    for (auto next = engine_.next_wakeup(); next && *next <= end; next = engine_.next_wakeup()) {
      engine_.on_time(*next, out_);
      write_down();
    }
  }
  Told told(Time ended) {
    Report report{.ended = ended, .late_syns = late_syns_.all()};
    add(engine_, report);
    told_.report = to_json(report);
    return std::move(told_);
  }

 private:
  void write_down() {
    for (const Action& action : out_) {
      const auto* note = std::get_if<Note>(&action);
      if (note == nullptr) continue;
      late_syns_.hear(*note);
      told_.events.push_back(json::parse(event_line(*note)));
      if (const auto line = figure_line(*note, Numbers::raw)) told_.figure.push_back(*line);
    }
    out_.clear();
  }

  Engine engine_;
  Actions out_;
  LateSynList late_syns_;
  Told told_;
};

Told run(const std::string& policy, const std::vector<TimedPacket>& traffic, std::uint64_t seed) {
  Run run(policy, seed);
  Time next_release{};
  for (const TimedPacket& timed : traffic) {
    for (; next_release <= timed.at; next_release += std::chrono::minutes(7)) {
      run.release(next_release);
    }
    run.packet(timed);
  }
  run.run_until(Time::max());
  return run.told(traffic.back().at + std::chrono::hours(2));
}

bool is(const json& event, const char* key, const json& value) {
  return event.contains(key) && event.at(key) == value;
}

bool of_flow(const json& event, const json& late) {
  return is(event, "client", late.at("client")) && is(event, "server", late.at("server"));
}

/// What the event log said last of each late SYN. How long a server holds state grows with time.
std::map<int, json> last_words(const std::vector<json>& events) {
  std::map<int, json> words;
  for (json event : events) {
    if (event.at("event") != "judged") continue;
    const int id = event.at("id");
    for (const char* key : {"event", "at", "server_state_s"}) event.erase(key);
    words[id] = std::move(event);
  }
  return words;
}

std::map<int, json> by_id(const json& report) {
  std::map<int, json> words;
  for (json late : report.at("late_syns")) {
    late.erase("server_state_s");
    words[late.at("id")] = late;
  }
  return words;
}

/// The departures that the event log calls a SYN of a stale life for the server, by time, ends and
/// rule; and those that the report lists. A segment that a rule has made a SYN of on its way is
/// none that came later or again.
std::multiset<std::string> departed(const std::vector<json>& events) {
  std::multiset<std::string> all;
  for (const json& e : events) {
    const bool late = is(e, "event", "departed") && is(e, "segment", "syn") &&
                      is(e, "incarnation", "stale") && is(e, "to", "server") &&
                      !(is(e, "at_once", true) && is(e, "origin", "original"));
    if (late) {
      all.insert(fmt::format("{} {} {} {}", e.at("at").dump(), e.at("arrived").dump(),
                             e.at("client").dump(), e.at("rule").dump()));
    }
  }
  return all;
}
std::multiset<std::string> listed(const json& report) {
  std::multiset<std::string> all;
  for (const json& late : report.at("late_syns")) {
    all.insert(fmt::format("{} {} {} {}", late.at("departed_s").dump(), late.at("arrived_s").dump(),
                           late.at("client").dump(), late.at("rule").dump()));
  }
  return all;
}

/// How many segments of the server's with these flags came after a late SYN had left.
int said_after(const std::vector<json>& events, const json& late, const json& flags) {
  int times = 0;
  for (const json& e : events) {
    const bool answer = is(e, "event", "arrived") && is(e, "from", "server") && of_flow(e, late) &&
                        is(e, "flags", flags) && e.at("at") >= late.at("departed_s");
    times += answer ? 1 : 0;
  }
  return times;
}

template <typename Check>
void for_each_world(Check check) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Rng rng{seed};
    const std::string policy = random_policy(rng);
    const auto traffic = random_traffic(rng, kPackets, kRemembered);
    INFO("seed " << seed << "\n" << policy);
    check(run(policy, traffic, seed));
  }
}

}  // namespace

TEST_CASE("the event log's last word about each late SYN is the report's") {
  std::size_t late_syns = 0;
  for_each_world([&](const Told& told) {
    CHECK(last_words(told.events) == by_id(told.report));
    late_syns += told.report.at("late_syns").size();
  });
  CHECK(late_syns > 100);
}

TEST_CASE("the late SYNs of the report are those that the event log saw leave") {
  for_each_world([](const Told& told) {
    // One whose client had given up was not known to be late when it left.
    std::multiset<std::string> known = listed(told.report);
    const auto left = departed(told.events);
    for (const std::string& one : left) {
      const auto at = known.find(one);
      REQUIRE(at != known.end());
      known.erase(at);
    }
    for (const std::string& one : known) {
      const auto slow = std::ranges::find_if(told.events, [&one](const json& e) {
        return is(e, "event", "departed") && is(e, "segment", "syn") &&
               fmt::format("{} {} {} {}", e.at("at").dump(), e.at("arrived").dump(),
                           e.at("client").dump(), e.at("rule").dump()) == one;
      });
      CHECK(slow != told.events.end());
    }
  });
}

TEST_CASE("the figure has a line for each segment that the event log saw come or leave") {
  for_each_world([](const Told& told) {
    std::map<double, int> logged, drawn;
    for (const json& e : told.events) {
      const bool told_by_its_arrival = is(e, "event", "departed") && is(e, "at_once", true) &&
                                       is(e, "origin", "original") && is(e, "changed", false);
      const bool is_line = is(e, "event", "arrived") || is(e, "event", "icmp") ||
                           (is(e, "event", "departed") && !told_by_its_arrival);
      if (is_line) ++logged[e.at("at")];
    }
    for (const FigureLine& line : told.figure) ++drawn[in_seconds(line.at)];
    CHECK(logged == drawn);
    for (const json& late : told.report.at("late_syns")) {
      const auto line = std::ranges::find_if(told.figure, [&late](const FigureLine& l) {
        return (l.way == Way::arriving || l.way == Way::forged) && l.from == Side::client &&
               l.flags == Flags{.syn = true} && in_seconds(l.at) == late.at("departed_s");
      });
      CHECK(line != told.figure.end());
    }
  });
}

TEST_CASE("no late SYN has more answers than the event log saw, and none has another's") {
  for_each_world([](const Told& told) {
    std::map<std::string, int> credited;  // by connection and flags, from the first that left on
    std::map<std::string, int> seen;
    for (const json& late : told.report.at("late_syns")) {
      const json& answer = late.at("server_answer");
      if (answer.is_null()) continue;
      const int said = said_after(told.events, late, answer.at("flags"));
      CHECK(answer.at("times") <= said);
      const std::string key = late.at("client").dump() + answer.at("flags").dump();
      credited[key] += answer.at("times").get<int>();
      seen[key] = std::max(seen[key], said);
    }
    for (const auto& [key, times] : credited) CHECK(times <= seen[key]);
  });
}

}  // namespace latesyn::test
