// Which rule a departure is credited to.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/engine/rules/pipeline.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using Texts = std::vector<std::string>;

/// A rule with a name of its own.
std::string rule(const std::string& name, const std::string& does) {
  return fmt::format("[[rule]]\nname = \"{}\"\ndo = {}\n", name, does);
}

/// What leaves for a segment with ten bytes of data, and by whom; last, who put an end to itself.
Texts credits(const std::string& rules) {
  const Policy policy = policy_of("about = \"a\"\n" + rules);
  const Packet packet = build({.from = kClient,
                               .to = kServer,
                               .seq = Seq{101},
                               .ack = Seq{301},
                               .flags = {.ack = true},
                               .payload_size = 10});
  Segment segment;
  segment.kind = SegmentKind::data;
  auto matched = matching_rules(policy, RuleIndex(policy.rules),
                                {segment, std::get<TcpView>(TcpView::over(packet.bytes))}, 1);
  RuleMemory memory(1, 1);
  memory.use(policy.rules);
  Flow flow(segment.flow);
  const PipelineOutcome outcomes =
      apply_rules(matched, {.packet = packet}, {{}, segment, 50, flow, memory}, 100);
  const auto rule_name = [&policy](RuleNumber number) {
    return number == kNoRule ? "nobody" : policy.rules[number].name;
  };
  Texts texts;
  for (const Departure& d : outcomes.departures) {
    texts.push_back(fmt::format("{} by {}", name(d.origin), rule_name(d.credit.made_by)));
    Texts changers;
    for (const RuleNumber r : d.credit.changed_by) changers.push_back(rule_name(r));
    if (!changers.empty()) texts.back() += fmt::format(", changed by {}", fmt::join(changers, " "));
  }
  if (outcomes.ended_by != kNoRule) texts.push_back("ended by " + rule_name(outcomes.ended_by));
  return texts;
}

const std::string kMarked = rule("marked", "\"rewrite\"\ndscp = 10");
const std::string kCopied = rule("copied", "\"replay\"\nafter = \"1s\"");
const std::string kHeld = rule("held", "\"hold\"\nuntil = \"closed\"");
const std::string kSlow = rule("slow", "\"delay\"\nby = \"10ms\"");
const std::string kSlower = rule("slower", "\"delay\"\nby = \"2s\"");
const std::string kForged = rule("forged", "\"forge\"\nflags = \"RST\"");

}  // namespace

TEST_CASE("a copy is of the rule that made it; those that only changed it are listed") {
  CHECK(credits(kCopied + kMarked) ==
        Texts{"original by nobody, changed by marked", "copy by copied, changed by marked"});
  CHECK(credits(kMarked + kCopied) ==
        Texts{"original by nobody, changed by marked", "copy by copied, changed by marked"});
}

TEST_CASE("two rules that copy the same segment each have their own copies") {
  const std::string again = rule("again", "\"replay\"\nacts_on = \"original\"\nafter = \"2s\"");
  CHECK(credits(kCopied + again) == Texts{"original by nobody", "copy by again", "copy by copied"});
}

TEST_CASE("copies at no distance from each other are told apart from what they are made of") {
  const std::string twice = rule("twice", "\"duplicate\"\nacts_on = \"copy\"");
  CHECK(credits(kCopied + twice) ==
        Texts{"original by nobody", "copy by copied", "copy by twice, changed by copied"});
}

TEST_CASE("a trigger counts more than time, and a long time more than a short one") {
  CHECK(credits(kHeld) == Texts{"original by held"});
  CHECK(credits(kHeld + kSlow) == Texts{"original by held, changed by slow"});
  CHECK(credits(kSlow + kHeld) == Texts{"original by held, changed by slow"});
  CHECK(credits(kSlow + kSlower) == Texts{"original by slower, changed by slow"});
  CHECK(credits(kSlower + kSlow) == Texts{"original by slower, changed by slow"});
  CHECK(credits(kCopied + kSlow) == Texts{"original by slow", "copy by copied, changed by slow"});
}

TEST_CASE("of two triggers the last is waited for, and has it") {
  const std::string by_hand = rule("by hand", "\"hold\"\nuntil = \"released\"");
  CHECK(credits(kHeld + by_hand) == Texts{"original by by hand, changed by held"});
}

TEST_CASE("a packet of ours is of the rule that forged it, whatever it was made of") {
  CHECK(credits(kForged + kMarked) ==
        Texts{"original by nobody, changed by marked", "forged by forged, changed by marked"});
  CHECK(credits(kMarked + kSlow + kForged) ==
        Texts{"original by slow, changed by marked", "forged by forged"});
  CHECK(credits(kForged + rule("reset", "\"reset\"\nto = \"receiver\"\nacts_on = \"forged\"")) ==
        Texts{"original by nobody", "forged by reset"});
}

TEST_CASE("who put an end to a packet is known where others matched it after that") {
  CHECK(credits(rule("dropped", "\"drop\"") + kMarked) == Texts{"ended by dropped"});
  CHECK(credits(rule("reset", "\"reset\"\nto = \"sender\"") + kMarked) ==
        Texts{"forged by reset, changed by marked", "ended by reset"});
}

TEST_CASE("a rule that leaves a packet as it is has no part in it") {
  CHECK(credits(rule("nothing", "\"delay\"\nby = \"0s\"") + kCopied) ==
        Texts{"original by nobody", "copy by copied"});
}

}  // namespace latesyn::test
