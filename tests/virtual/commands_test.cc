// What is held can be listed, released, discarded and held for longer by hand; each command is
// answered, and none is about another packet than it was given for.

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"
#include "tests/virtual/random_world.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr std::string_view kThreeRules =
    "about = \"a\"\n"
    "[[rule]]\nname = \"hand\"\nwhen = { segment = \"syn\" }\ndo = \"hold\"\n"
    "until = \"released\"\nafter = \"2s\"\n"
    "[[rule]]\nname = \"slow\"\nwhen = { segment = \"data\" }\ndo = \"delay\"\nby = \"10s\"\n"
    "[[rule]]\nname = \"end\"\nwhen = { segment = \"fin\" }\ndo = \"hold\"\nuntil = \"closed\"\n";

SegmentSpec syn(std::uint16_t port) {
  SegmentSpec spec{.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}};
  spec.from.port = port;
  return spec;
}
SegmentSpec data(std::uint16_t port) {
  SegmentSpec spec = syn(port);
  spec.seq = Seq{101};
  spec.flags = {.ack = true};
  spec.payload_size = 7;
  return spec;
}
SegmentSpec fin(std::uint16_t port) {
  SegmentSpec spec = syn(port);
  spec.seq = Seq{108};
  spec.flags = {.fin = true, .ack = true};
  return spec;
}

/// What has left or was discarded, one a line: "1.000 syn 40000 leaves".
class Steered {
 public:
  explicit Steered(std::string_view policy = kThreeRules, bool parks = false)
      : engine(policy_of(policy), 1), parks_(parks) {}

  Verdict tell(const SegmentSpec& spec, Duration at = {}) {
    const Packet packet = build(spec);
    const std::optional<std::uint32_t> id = parks_ ? std::optional(++queue_id_) : std::nullopt;
    return engine.on_packet(Time(at), {.bytes = packet.bytes, .queue_id = id}, out);
  }
  /// A SYN, some data and a FIN of two connections, each a second later.
  void tell_two_connections() {
    for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{2}}) {
      tell(syn(port), 0s);
      tell(data(port), 1s);
      tell(fin(port), 2s);
    }
    out.clear();
  }
  Reply obey(EngineCommand command, Duration at = 3s) {
    return engine.obey(Time(at), std::move(command), out);
  }
  Lines left_by(Duration at) {
    for (auto next = engine.next_wakeup(); next && *next <= Time(at); next = engine.next_wakeup()) {
      engine.on_time(*next, out);
    }
    Lines lines;
    for (const Action& action : std::exchange(out, {})) {
      const auto* note = std::get_if<Note>(&action);
      const auto* departed = note == nullptr ? nullptr : std::get_if<Departed>(note);
      const auto* discarded = note == nullptr ? nullptr : std::get_if<Discarded>(note);
      if (departed != nullptr) lines.push_back(line(*departed, "leaves"));
      if (discarded != nullptr) lines.push_back(line(*discarded, "is discarded"));
    }
    return lines;
  }
  std::vector<Held> held() const {
    std::vector<Held> all;
    for (std::optional<HeldId> from = HeldId(); from;) {
      const HeldPage page = engine.held(*from, 4);
      CHECK(page.rows.size() <= 4);
      all.insert(all.end(), page.rows.begin(), page.rows.end());
      from = page.next;
    }
    return all;
  }
  HeldId id_of(std::string_view rule, std::uint16_t port) const {
    for (const Held& row : held()) {
      if (row.rule == rule && row.segment.flow.client.port == port) return row.id;
    }
    FAIL("no such row");
    return {};
  }

  Engine engine;
  Actions out;

 private:
  static std::string line(const auto& note, std::string_view what) {
    return fmt::format("{:g} {} {} {}", in_seconds(note.at), name(note.segment.kind),
                       note.segment.flow.client.port, what);
  }
  bool parks_;
  std::uint32_t queue_id_ = 0;
};

FlowKey flow(std::uint16_t port) { return {Endpoint{kClient.address, port}, kServer}; }

}  // namespace

TEST_CASE("what is held is listed, with what it waits for") {
  Steered s;
  s.tell_two_connections();
  Lines lines;
  for (const Held& row : s.held()) {
    const std::string wait =
        row.due ? fmt::format("due at {:g}", in_seconds(*row.due)) : std::string(name(row.once));
    lines.push_back(fmt::format("{} {} #{} \"{}\" to the {} since {:g}: {}",
                                row.segment.flow.client.port, name(row.segment.kind),
                                row.segment.connection, row.rule, name(row.to),
                                in_seconds(row.since), wait));
  }
  std::ranges::sort(lines);
  CHECK(lines == Lines{"1 data #1 \"slow\" to the server since 1: due at 11",
                       "1 fin #1 \"end\" to the server since 2: closed",
                       "1 syn #1 \"hand\" to the server since 0: released",
                       "2 data #2 \"slow\" to the server since 1: due at 11",
                       "2 fin #2 \"end\" to the server since 2: closed",
                       "2 syn #2 \"hand\" to the server since 0: released"});
}

TEST_CASE("each selection releases what it says, and nothing else") {
  Steered s;
  s.tell_two_connections();
  SECTION("what waits for a hand starts its wait") {
    CHECK(s.obey(Release{ForHand{}}) == Reply{.about = 2});
    CHECK(s.left_by(5s) == Lines{"5 syn 1 leaves", "5 syn 2 leaves"});
  }
  SECTION("one") {
    CHECK(s.obey(Release{s.id_of("slow", 2)}) == Reply{.about = 1});
    CHECK(s.left_by(9s) == Lines{"3 data 2 leaves"});
  }
  SECTION("a rule's") {
    CHECK(s.obey(Release{OfRule{"end"}}) == Reply{.about = 2});
    CHECK(s.left_by(9s) == Lines{"3 fin 1 leaves", "3 fin 2 leaves"});
  }
  SECTION("a connection's") {
    CHECK(s.obey(Release{OfConnection{2}}) == Reply{.about = 3});
    CHECK(s.left_by(9s) == Lines{"3 data 2 leaves", "3 fin 2 leaves", "5 syn 2 leaves"});
  }
  SECTION("a 4-tuple's") {
    CHECK(s.obey(Release{flow(1)}) == Reply{.about = 3});
    CHECK(s.left_by(9s) == Lines{"3 data 1 leaves", "3 fin 1 leaves", "5 syn 1 leaves"});
  }
  SECTION("all") {
    CHECK(s.obey(Release{Everything{}}) == Reply{.about = 6});
    CHECK(s.left_by(9s).size() == 6);
    CHECK(s.engine.waiting() == 0);
  }
}

TEST_CASE("what is discarded never leaves, and is counted") {
  Steered s;
  s.tell_two_connections();
  CHECK(s.obey(Discard{OfConnection{1}}) == Reply{.about = 3});
  CHECK(s.left_by(4s) ==
        Lines{"3 syn 1 is discarded", "3 data 1 is discarded", "3 fin 1 is discarded"});
  CHECK(s.obey(Discard{s.id_of("hand", 2)}) == Reply{.about = 1});
  CHECK(s.left_by(99s) == Lines{"3 syn 2 is discarded", "11 data 2 leaves"});
  CHECK(s.engine.counters().discarded == 4);
  CHECK(s.engine.waiting() == 1);
}

TEST_CASE("what waits for a time can wait longer, and what waits for a trigger is left alone") {
  Steered s;
  s.tell_two_connections();
  CHECK(s.obey(HoldLonger{flow(2), 5s}) == Reply{.about = 1});
  CHECK(s.left_by(99s) == Lines{"11 data 1 leaves", "16 data 2 leaves"});
}

TEST_CASE("a packet that the kernel keeps has its verdict when it is released or discarded") {
  Steered s(kThreeRules, true);
  CHECK(s.tell(syn(1)) == Verdict::park);
  CHECK(s.tell(syn(2)) == Verdict::park);
  s.out.clear();
  CHECK(s.obey(Discard{s.id_of("hand", 1)}) == Reply{.about = 1});
  CHECK(s.obey(Release{ForHand{}}) == Reply{.about = 1});
  s.engine.on_time(Time(9s), s.out);
  std::map<std::uint32_t, Verdict> verdicts;
  for (const Action& action : s.out) {
    if (const auto* judge = std::get_if<Judge>(&action)) {
      verdicts[judge->queue_id] = judge->verdict;
    }
  }
  CHECK(verdicts == std::map<std::uint32_t, Verdict>{{1, Verdict::drop}, {2, Verdict::accept}});
}

TEST_CASE("what waits before a rule that remembers is released into it, or discarded before it") {
  Steered s(
      "about = \"a\"\n[[rule]]\nname = \"slow\"\ndo = \"delay\"\nby = \"10s\"\n"
      "[[rule]]\nname = \"link\"\nwhen = { segment = \"syn\" }\ndo = \"rate\"\nto = \"320bit/s\"\n"
      "burst = \"40B\"\n");
  s.tell(syn(1), 0s);
  s.tell(syn(2), 0s);
  s.tell(syn(3), 0s);
  CHECK(s.obey(Discard{s.id_of("slow", 1)}) == Reply{.about = 1});
  // Its place in the store is another's, which no rule waits for.
  s.tell(data(1), 3s);
  CHECK(s.obey(Release{OfRule{"slow"}}) == Reply{.about = 3});
  CHECK(s.left_by(99s) ==
        Lines{"3 syn 1 is discarded", "3 syn 2 leaves", "3 data 1 leaves", "4 syn 3 leaves"});
}

TEST_CASE("a rule that is off matches nothing, and what it lets wait leaves as it was planned") {
  Steered s;
  s.tell(data(1), 0s);
  CHECK(s.obey(SwitchRule{"slow", false}, 1s) == Reply{});
  CHECK(s.tell(data(2), 2s) == Verdict::accept);
  s.engine.use(Time(3s), policy_of(kThreeRules), s.out);
  CHECK(s.tell(data(3), 4s) == Verdict::accept);
  CHECK(s.obey(SwitchRule{"slow", true}, 5s) == Reply{});
  CHECK(s.tell(data(4), 6s) == Verdict::drop);
  std::vector<Switched> notes;
  for (const Action& action : s.out) {
    const auto* note = std::get_if<Note>(&action);
    const auto* switched = note == nullptr ? nullptr : std::get_if<Switched>(note);
    if (switched != nullptr) notes.push_back(*switched);
  }
  REQUIRE(notes.size() == 2);
  CHECK((notes[0].rule == "slow" && !notes[0].on && notes[1].on));
  CHECK(s.left_by(99s) == Lines{"10 data 1 leaves", "16 data 4 leaves"});
  CHECK(s.obey(SwitchRule{"slwo", false}) == Reply{.refusal = "there is no rule \"slwo\""});
}

TEST_CASE("what has yet to come to a rule that is off passes it by") {
  Steered s(
      "about = \"a\"\n[[rule]]\nname = \"slow\"\ndo = \"delay\"\nby = \"10s\"\n"
      "[[rule]]\nname = \"link\"\ndo = \"rate\"\nto = \"320bit/s\"\nburst = \"40B\"\n");
  s.tell(syn(1), 0s);
  s.tell(syn(2), 0s);
  s.obey(SwitchRule{"link", false}, 1s);
  CHECK(s.left_by(99s) == Lines{"10 syn 1 leaves", "10 syn 2 leaves"});
}

TEST_CASE("what can't be done is answered with the reason") {
  Steered s;
  s.tell_two_connections();
  const HeldId gone = s.id_of("slow", 1);
  s.left_by(20s);
  CHECK(s.obey(Discard{gone}) == Reply{.refusal = "it is not held any more"});
  CHECK(s.obey(Discard{OfRule{"slwo"}}) == Reply{.refusal = "there is no rule \"slwo\""});
  CHECK(s.obey(Discard{OfConnection{9}}) == Reply{});
  CHECK(s.engine.waiting() == 4);
}

TEST_CASE("half a million are released in batches, in the order in which they came") {
  constexpr std::uint32_t kMany = 500'000;
  Steered s(
      "about = \"a\"\n[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"hold\"\n"
      "until = \"released\"\n");
  SegmentSpec spec = syn(1);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    spec.seq = Seq{i};
    spec.from.port = static_cast<std::uint16_t>(1 + i % 60'000);
    s.tell(spec);
    s.out.clear();
  }
  Errand errand(Release{Everything{}});
  std::uint32_t next = 0, turns = 0;
  for (; !errand.done() || s.engine.waiting() != 0; ++turns) {
    s.engine.obey(Time(1s), errand, s.out);
    CHECK(s.out.size() <= 1'025);
    s.engine.on_time(Time(1s), s.out);
    for (const Action& action : std::exchange(s.out, {})) {
      const auto* note = std::get_if<Note>(&action);
      const auto* departed = note == nullptr ? nullptr : std::get_if<Departed>(note);
      if (departed != nullptr && departed->segment.seq.raw != next++) FAIL("out of order");
    }
    // Who comes meanwhile is held, and not released.
    if (turns == 100) s.tell(syn(65'000));
    if (turns == 100) CHECK(s.engine.waiting() > kMany / 2);
    if (errand.done() && s.engine.waiting() == 1) break;
  }
  CHECK(next == kMany);
  CHECK(turns > kMany / 1'024);
  CHECK(errand.reply() == Reply{.about = kMany});
}

/// A world in which somebody lists, releases, discards and holds what he once was shown, most of
/// which has left since.
TEST_CASE("an id never comes to mean another packet, and every packet is accounted for") {
  std::uint64_t obeyed = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Rng rng{seed};
    const std::string policy = random_policy(rng);
    INFO("seed " << seed << "\n" << policy);
    Engine engine(policy_of(policy), seed);
    std::map<HeldId, std::string> shown;
    std::vector<HeldId> ids;
    std::uint64_t planned = 0, departed = 0, discarded = 0;
    const auto count = [&](Actions out) {
      for (const Action& action : out) {
        const auto* note = std::get_if<Note>(&action);
        if (note == nullptr) continue;
        if (const auto* n = std::get_if<Arrived>(note)) planned += n->planned.size();
        departed +=
            std::holds_alternative<Departed>(*note) || std::holds_alternative<IcmpSent>(*note) ? 1U
                                                                                               : 0U;
        discarded += std::holds_alternative<Discarded>(*note) ? 1U : 0U;
      }
    };
    for (const TimedPacket& timed : random_traffic(rng, kPackets, std::chrono::minutes(5))) {
      Actions out;
      for (auto next = engine.next_wakeup(); next && *next <= timed.at;
           next = engine.next_wakeup()) {
        engine.on_time(*next, out);
      }
      engine.on_packet(timed.at, {.bytes = timed.packet.bytes}, out);
      std::set<HeldId> now;
      for (const Held& row : engine.held({}, 10'000).rows) {
        now.insert(row.id);
        const std::string what =
            fmt::format("{} {} {} {} {}", row.segment.flow.client.text(), name(row.segment.kind),
                        row.segment.seq.raw, in_seconds(row.since), row.rule);
        const auto [at, is_new] = shown.try_emplace(row.id, what);
        CHECK(at->second == what);
        if (is_new) ids.push_back(row.id);
      }
      CHECK(now.size() + 0 == engine.held({}, 10'000).rows.size());
      if (!ids.empty() && rng.uniform() < 0.3) {
        const HeldId id = ids[static_cast<std::size_t>(rng.uniform() * double(ids.size()))];
        const double choice = rng.uniform();
        const EngineCommand command = choice < 0.3   ? EngineCommand(Release{id})
                                      : choice < 0.6 ? EngineCommand(Discard{id})
                                                     : EngineCommand(HoldLonger{id, 90s});
        const Reply reply = engine.obey(timed.at, command, out);
        CHECK(reply.refusal.empty() == now.contains(id));
        ++(reply.refusal.empty() ? obeyed : refused);
      }
      count(std::move(out));
    }
    Actions out;
    while (const auto next = engine.next_wakeup()) engine.on_time(*next, out);
    count(std::move(out));
    const Counters& c = engine.counters();
    CHECK(discarded == c.discarded);
    CHECK(planned == departed + discarded + c.departures_ended + engine.waiting() +
                         c.hops_exceeded + c.forged_unsent);
  }
  CHECK(obeyed > 100);
  CHECK(refused > 100);
}

}  // namespace latesyn::test
