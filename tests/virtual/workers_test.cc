// Random packets through one engine, and through several that have the flows between them: what
// becomes of each connection must be the same.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "proxy/intercept/worker_split.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/notes/late_syn_list.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/report/report.hpp"
#include "tests/virtual/random_world.hpp"

namespace latesyn::test {
namespace {

constexpr std::uint64_t kWorlds = 200;

std::string text(const Segment& s) {
  return fmt::format("{} {} {} of {}, copy {}, shown {}/{}", s.life == Life::stale ? "stale" : "",
                     name(s.from), name(s.kind), s.connection, s.copy, s.shown_seq, s.shown_ack);
}
std::string text(const Arrived& n) {
  return fmt::format("{}: {}, {}, {}", text(n.segment), name(n.fate), fmt::join(n.rules, " "),
                     n.planned.size());
}
std::string text(const Departed& n) {
  return fmt::format("{} leaves to {}: {}, {}", text(n.segment), name(n.to), name(n.origin),
                     n.rule);
}
std::string text(const Resumed& n) {
  return fmt::format("{} goes on: {}, {}, {}", text(n.segment), name(n.origin), n.planned.size(),
                     n.rule);
}
std::string text(const IcmpSent& n) {
  return fmt::format("{} about {} to {}, {}", name(n.error), text(n.segment), name(n.to), n.rule);
}
std::string text(const Triggered& n) {
  return fmt::format("{} {} wakes {}", n.connection, name(n.trigger), n.woken);
}
std::string text(const Judged& n) {
  return fmt::format("late SYN {}: {}", n.late_syn.id, name(n.late_syn.outcome));
}

std::string text(const Discarded& n) {
  return fmt::format("{} is discarded, {}", text(n.segment), n.rule);
}

/// What a rule made of another flow's packet and addressed to this one. Of several such that leave
/// in one moment nothing says which is first.
bool is_of_others(const auto&) { return false; }
bool is_of_others(const Departed& n) { return is_forged(n.origin) && n.segment.connection == 0; }

const FlowKey& flow_of(const Arrived& n) { return n.segment.flow; }
const FlowKey& flow_of(const Departed& n) { return n.segment.flow; }
const FlowKey& flow_of(const Resumed& n) { return n.segment.flow; }
const FlowKey& flow_of(const IcmpSent& n) { return n.segment.flow; }
const FlowKey& flow_of(const Triggered& n) { return n.flow; }
const FlowKey& flow_of(const Discarded& n) { return n.segment.flow; }
const FlowKey& flow_of(const Judged& n) { return n.late_syn.flow; }

/// The engines of one run, and what they say of each connection.
class Team {
 public:
  Team(const std::string& policy, std::uint64_t seed, unsigned workers) {
    const auto shared = std::make_shared<SharedState>();
    for (unsigned i = 0; i < workers; ++i) {
      engines_.emplace_back(parse_policy(policy, "random.toml"), seed, Limits{},
                            EnginePlace{i, workers, shared});
    }
  }

  /// As the firewall does it: what has no ports goes to the last.
  void on_packet(const TimedPacket& timed) {
    run_until(timed.at);
    const auto view = TcpView::over(timed.packet.bytes);
    const auto* segment = std::get_if<TcpView>(&view);
    const std::size_t worker =
        segment == nullptr
            ? engines_.size() - 1
            : worker_of(segment->from(), segment->to(), static_cast<unsigned>(engines_.size()));
    Actions out;
    engines_[worker].on_packet(timed.at, {.bytes = timed.packet.bytes}, out);
    write_down(std::move(out), timed.at);
  }

  void obey(Time now, const EngineCommand& command) {
    run_until(now);
    std::optional<Reply> all;
    for (Engine& engine : engines_) {
      Actions out;
      const Reply reply = engine.obey(now, command, out);
      all = all ? joined(*all, reply) : reply;
      write_down(std::move(out), now);
    }
    answers_.push_back(*all);
  }

  void run_until(Time end) {
    for (;;) {
      const auto first = std::ranges::min_element(engines_, {}, wakeup);
      const Time at = wakeup(*first);
      if (at > end || at == Time::max()) return;
      Actions out;
      first->on_time(at, out);
      write_down(std::move(out), at);
    }
  }

  Report report() const {
    Report all{.late_syns = late_syns_.all()};
    for (const Engine& engine : engines_) add(engine, all);
    return all;
  }
  const std::map<FlowKey, std::string>& stories() const { return stories_; }
  const std::multiset<std::pair<FlowKey, std::string>>& of_others() const { return of_others_; }
  /// How each command was answered.
  const std::vector<Reply>& answers() const { return answers_; }
  std::uint64_t strays() const { return strays_; }

 private:
  static Time wakeup(const Engine& engine) { return engine.next_wakeup().value_or(Time::max()); }

  void write_down(Actions actions, Time now) {
    for (Action& action : actions) {
      if (const auto* note = std::get_if<Note>(&action)) {
        late_syns_.hear(*note);
        std::visit(
            [this, now](const auto& n) {
              // A release is a note of each engine's, about no connection.
              if constexpr (requires { flow_of(n); }) {
                const auto line = fmt::format("{} {}\n", now.time_since_epoch().count(), text(n));
                if (is_of_others(n)) {
                  of_others_.emplace(flow_of(n), line);
                } else {
                  stories_[flow_of(n)] += line;
                }
              }
            },
            *note);
      } else if (auto* stray = std::get_if<Stray>(&action)) {
        ++strays_;
        Engine& owner = engines_[stray->worker];
        Actions out;
        owner.adopt(now, std::move(*stray), out);
        write_down(std::move(out), now);
      }
    }
  }

  std::vector<Engine> engines_;
  LateSynList late_syns_;
  std::map<FlowKey, std::string> stories_;
  std::multiset<std::pair<FlowKey, std::string>> of_others_;
  std::vector<Reply> answers_;
  std::uint64_t strays_ = 0;
};

/// What is asked for every few minutes: all kinds in turn, mostly a release by hand.
EngineCommand nth_command(std::uint32_t n) {
  switch (n % 8) {
    case 1:
      return Discard{OfConnection{n / 2}};
    case 3:
      return HoldLonger{Everything{}, std::chrono::seconds(90)};
    case 5:
      return Release{OfConnection{n / 2}};
    case 6:
      return SwitchRule{"rule 0", n % 16 == 14};
    case 7:
      return n % 16 == 7 ? EngineCommand(Release{Everything{}}) : Release{OfRule{"no such"}};
    default:
      return Release{ForHand{}};
  }
}

Team run(const std::string& policy, const std::vector<TimedPacket>& traffic, std::uint64_t seed,
         unsigned workers) {
  Team team(policy, seed, workers);
  Time next_command{};
  std::uint32_t commands = 0;
  for (const TimedPacket& timed : traffic) {
    for (; next_command <= timed.at; next_command += std::chrono::minutes(2)) {
      team.obey(next_command, nth_command(commands++));
    }
    team.on_packet(timed);
  }
  team.run_until(Time::max());
  return team;
}

}  // namespace

TEST_CASE("several engines decide about every connection as a single one does") {
  std::uint64_t strays = 0, late_syns = 0, discarded = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    Rng rng{seed};
    const std::string policy = random_policy(rng);
    const auto traffic = random_traffic(rng, kPackets, kRemembered);
    const Team one = run(policy, traffic, seed, 1);
    late_syns += one.report().late_syns.size();
    discarded += one.report().counters.discarded;
    for (const unsigned workers : {2U, 4U}) {
      INFO("seed " << seed << ", " << workers << " workers\n" << policy);
      const Team several = run(policy, traffic, seed, workers);
      CHECK(several.stories() == one.stories());
      CHECK(several.of_others() == one.of_others());
      CHECK(several.answers() == one.answers());
      CHECK(several.report().counters == one.report().counters);
      // When what nobody has answered is forgotten depends on what else comes to its engine.
      CHECK(several.report().tables.waiting == one.report().tables.waiting);
      CHECK(several.report().tables.awaiting == one.report().tables.awaiting);
      CHECK(several.report().late_syns == one.report().late_syns);
      strays += several.strays();
    }
  }
  CHECK(strays > 0);
  CHECK(late_syns > 0);
  CHECK(discarded > 0);
}

// A link that is good and bad in turn: what becomes of a packet depends on how many came before.
TEST_CASE("what rules remember of a flow is the same with any number of workers") {
  const std::string policy =
      "about = \"a\"\n[[rule]]\ndo = \"loss\"\nmodel = \"gilbert-elliott\"\np = 1\nr = 1\n"
      "scope = \"flow\"\nwhen = {segment = [\"data\", \"fin\", \"ack\"]}\n"
      "[[rule]]\ndo = \"loss\"\nshare = 0.3\ncorrelation = 0.8\nscope = \"direction\"\n"
      "[[rule]]\ndo = \"delay\"\nby = \"40ms\"\njitter = \"30ms\"\n"
      "[[rule]]\ndo = \"rate\"\nto = \"1kbit/s\"\nqueue = \"500ms\"\nscope = \"direction\"\n"
      "[[rule]]\ndo = \"duplicate\"\n";
  std::uint64_t dropped = 0, dropped_later = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds / 4; ++seed) {
    Rng rng{seed};
    const auto traffic = random_traffic(rng, kPackets, kRemembered);
    const Team one = run(policy, traffic, seed, 1);
    dropped += one.report().counters.dropped;
    dropped_later += one.report().counters.departures_dropped;
    for (const unsigned workers : {2U, 4U}) {
      INFO("seed " << seed << ", " << workers << " workers");
      const Team several = run(policy, traffic, seed, workers);
      CHECK(several.stories() == one.stories());
      CHECK(several.report().counters == one.report().counters);
    }
  }
  CHECK(dropped > 1000);
  CHECK(dropped_later > 0);
}

TEST_CASE("of a capture, each of several engines sends the packets of its own flows") {
  Policy policy = parse_policy("about = \"a\"\n[[replay]]\nfile = \"old.pcap\"", "p.toml");
  const Endpoint server{IpAddress::parse("10.2.0.2").value(), 8080};
  for (std::uint16_t port = 40000; port < 40100; ++port) {
    const Endpoint client{IpAddress::parse("10.1.0.2").value(), port};
    policy.replays[0].packets.push_back(
        {Duration{}, build({.from = client, .to = server, .flags = {.syn = true}})});
  }
  policy.replays[0].packets.push_back({Duration{}, {}});  // is no segment
  const auto shared = std::make_shared<SharedState>();
  Report report;
  std::size_t listed = 0;
  for (unsigned i = 0; i < 4; ++i) {
    Engine engine(SharedPolicy::borrowed(policy), 1, {}, {i, 4, shared});
    Actions out;
    engine.on_time(Time{}, out);
    CHECK(engine.waiting() == 0);
    LateSynList late_syns;
    for (const Action& action : out) {
      if (const auto* note = std::get_if<Note>(&action)) late_syns.hear(*note);
    }
    for (const LateSyn& late : late_syns.all()) {
      CHECK(worker_of(late.flow.client, late.flow.server, 4) == i);
    }
    listed += late_syns.all().size();
    add(engine, report);
  }
  CHECK(listed == 100);
  CHECK(report.counters.departed == 100);
  CHECK(report.counters.forged_unsent == 1);
}

TEST_CASE("several engines have one policy, and let go of it once all of them use another") {
  Policy policy = parse_policy("about = \"a\"\n[[rule]]\ndo = \"drop\"", "p.toml");
  const std::weak_ptr<const Impairment> drop = policy.rules[0].impairment;
  const auto state = std::make_shared<SharedState>();
  std::vector<Engine> engines;
  {
    const SharedPolicy shared(std::move(policy));
    for (unsigned i = 0; i < 4; ++i)
      engines.emplace_back(shared, 1, Limits{}, EnginePlace{i, 4, state});
  }
  CHECK(drop.use_count() == 1);
  const SharedPolicy other(parse_policy("about = \"b\"", "other.toml"));
  Actions out;
  for (Engine& engine : engines) {
    CHECK_FALSE(drop.expired());
    engine.use(Time{}, other, out);
    CHECK(&engine.policy() == &*other);
  }
  CHECK(drop.expired());
}

}  // namespace latesyn::test
