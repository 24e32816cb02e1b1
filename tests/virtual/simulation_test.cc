// Random packets through random policies for virtual hours; every packet must be accounted for.

#include <fmt/format.h>

#include <functional>
#include <numeric>
#include <set>

#include "proxy/intercept/plan.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/notes/late_syn_list.hpp"
#include "tests/virtual/random_world.hpp"

namespace latesyn::test {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr std::chrono::seconds kOverHours = std::chrono::minutes(60);

/// What a run did, in a form that can be compared and added up.
struct Account {
  std::string story;
  std::uint64_t planned = 0, departed = 0, transmitted = 0, early = 0, late = 0;
  std::set<std::uint32_t> parked;         // and not judged yet
  std::uint64_t judged = 0, unknown = 0;  // of those, and of others
  LateSynList late_syns;
  Counters counters;
  std::size_t waiting = 0;
};

void write_down(const Actions& actions, Time now, Account& account) {
  for (const Action& action : actions) {
    if (std::holds_alternative<Transmit>(action)) {
      ++account.transmitted;
      continue;
    }
    if (const auto* judge = std::get_if<Judge>(&action)) {
      ++(account.parked.erase(judge->queue_id) == 1 ? account.judged : account.unknown);
      continue;
    }
    const Note& note = std::get<Note>(action);
    account.late_syns.hear(note);
    if (const auto* arrived = std::get_if<Arrived>(&note)) {
      account.planned += arrived->planned.size();
      account.story += fmt::format("{} {} {}\n", arrived->at.time_since_epoch().count(),
                                   name(arrived->segment.kind), name(arrived->fate));
    } else if (const auto* departed = std::get_if<Departed>(&note)) {
      ++account.departed;
      account.early += departed->at < departed->arrived ? 1U : 0U;
      account.late += departed->at != now ? 1U : 0U;
      account.story += fmt::format("{} departs {} {}\n", departed->at.time_since_epoch().count(),
                                   departed->rule, departed->segment.seq.raw);
    } else if (const auto* error = std::get_if<IcmpSent>(&note)) {
      ++account.departed;
      account.early += error->at < error->arrived ? 1U : 0U;
      account.late += error->at != now ? 1U : 0U;
      account.story += fmt::format("{} {} by {}\n", error->at.time_since_epoch().count(),
                                   name(error->error), error->rule);
    }
  }
}

void drop_arrival(Actions& actions) {
  std::erase_if(actions, [](const Action& action) {
    const auto* note = std::get_if<Note>(&action);
    return note != nullptr && std::holds_alternative<Arrived>(*note);
  });
}

/// Of a packet, and whether the engine awaits plain ACKs when it comes.
using Choice = std::function<bool(const Packet&, bool acks)>;
bool everything(const Packet&, bool) { return true; }

/// Runs the traffic that `wanted` accepts through the policy, to the end of all that waits.
/// The story leaves out what is decided about packets that `told` rejects.
/// `parking`: the kernel's queue offers to keep packets.
Account run(const std::string& policy, const std::vector<TimedPacket>& traffic, std::uint64_t seed,
            Limits limits, const Choice& wanted, const Choice& told = everything,
            bool parking = false) {
  Engine engine(parse_policy(policy, "random.toml"), seed, limits);
  Account account;
  Actions out;
  const auto run_until = [&](Time end) {
    for (auto next = engine.next_wakeup(); next && *next <= end; next = engine.next_wakeup()) {
      engine.on_time(*next, out);
      write_down(out, *next, account);
      out.clear();
    }
  };
  Time next_release{};
  std::uint32_t id = 0;
  for (const TimedPacket& timed : traffic) {
    for (; next_release <= timed.at; next_release += std::chrono::minutes(7)) {
      run_until(next_release);
      engine.obey(next_release, Release{ForHand{}}, out);
    }
    run_until(timed.at);
    const bool acks = engine.awaits_acks();
    if (!wanted(timed.packet, acks)) continue;
    ++id;
    Incoming packet{.bytes = timed.packet.bytes};
    if (parking) packet.queue_id = id;
    if (engine.on_packet(timed.at, packet, out) == Verdict::park) account.parked.insert(id);
    if (!told(timed.packet, acks)) drop_arrival(out);
    write_down(out, timed.at, account);
    out.clear();
  }
  run_until(Time::max());
  for (const LateSyn& late : account.late_syns.all()) {
    account.story += fmt::format("late SYN {} {}\n", late.id, name(late.outcome));
  }
  account.counters = engine.counters();
  account.waiting = engine.waiting();
  return account;
}

std::uint64_t sum(const Counters& c) {
  return std::accumulate(c.defects.begin(), c.defects.end(), std::uint64_t{0}) + c.other_traffic +
         c.wrong_checksums + c.icmp_shifted + c.icmp_passed + c.icmp_expired + c.flows_full +
         c.passed + c.captured + c.dropped;
}

/// What became of all that was planned.
std::uint64_t left(const Account& a) {
  return a.departed + a.waiting + a.counters.hops_exceeded + a.counters.forged_unsent;
}

template <typename Check>
void for_each_seed(std::chrono::seconds longest_gap, Check check) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Rng rng{seed};
    const std::string policy = random_policy(rng);
    const auto traffic = random_traffic(rng, kPackets, longest_gap);
    INFO("seed " << seed << "\n" << policy);
    check(seed, policy, traffic);
  }
}

}  // namespace

TEST_CASE("every packet of a random world is accounted for") {
  for_each_seed(kOverHours, [](std::uint64_t seed, const std::string& policy, const auto& traffic) {
    const Account a = run(policy, traffic, seed, {}, everything);
    CHECK(a.counters.packets == traffic.size());
    CHECK(sum(a.counters) == traffic.size());
    CHECK(a.planned == left(a));
    CHECK(a.departed == a.transmitted);
    CHECK(a.departed == a.counters.departed);
    CHECK(a.early == 0);
    CHECK(a.late == 0);
  });
}

TEST_CASE("the same seed, policy and packets give the same decisions") {
  for_each_seed(kOverHours, [](std::uint64_t seed, const std::string& policy, const auto& traffic) {
    CHECK(run(policy, traffic, seed, {}, everything).story ==
          run(policy, traffic, seed, {}, everything).story);
  });
}

TEST_CASE("packets that the kernel keeps are decided on and leave as those that are kept here") {
  std::uint64_t judged = 0, kept_here = 0;
  for_each_seed(
      kOverHours, [&](std::uint64_t seed, const std::string& policy, const auto& traffic) {
        const Limits few{.parked = 2};
        const Account here = run(policy, traffic, seed, few, everything);
        const Account there = run(policy, traffic, seed, few, everything, everything, true);
        // What was cut off on its way to us the kernel can keep, and we can't.
        if (here.counters.incomplete != 0) return;
        CHECK(here.story == there.story);
        CHECK(there.judged + there.parked.size() == there.counters.parked);
        CHECK(there.transmitted + there.judged == here.transmitted);
        CHECK(there.unknown == 0);
        judged += there.judged;
        kept_here += there.counters.captured - there.counters.parked;
      });
  CHECK(judged > 0);
  CHECK(kept_here > 0);
}

TEST_CASE("what the interception plan leaves in the kernel changes no decision") {
  std::size_t left_out = 0;
  for_each_seed(kRemembered, [&](std::uint64_t seed, const std::string& text, const auto& traffic) {
    const Plan plan = make_plan(parse_policy(text, "random.toml"), kRouter);
    const auto is_taken = [&](const Packet& packet, bool acks) {
      const auto view = TcpView::over(packet.bytes);
      const auto* segment = std::get_if<TcpView>(&view);
      return segment != nullptr && takes(plan, segment->flags(), segment->total_size(), acks);
    };
    const Account all = run(text, traffic, seed, {}, everything, is_taken);
    const Account taken = run(text, traffic, seed, {}, is_taken);
    CHECK(all.story == taken.story);
    left_out += traffic.size() - taken.counters.packets;
  });
  CHECK(left_out > 0);
}

TEST_CASE("past its bounds the engine lets packets pass and counts them") {
  std::uint64_t flows_full = 0, waiting_full = 0;
  for_each_seed(kOverHours,
                [&](std::uint64_t seed, const std::string& policy, const auto& traffic) {
                  const Limits tight{.flows = 3, .waiting = 2, .late_syns = 1};
                  const Account a = run(policy, traffic, seed, tight, everything);
                  CHECK(sum(a.counters) == traffic.size());
                  CHECK(a.waiting <= tight.waiting);
                  CHECK(a.planned == left(a));
                  flows_full += a.counters.flows_full;
                  waiting_full += a.counters.waiting_full;
                });
  CHECK(flows_full > 0);
  CHECK(waiting_full > 0);
}

}  // namespace latesyn::test
