// Notes and late SYNs name the rule that made a packet leave as it does.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/engine/engine.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/notes/late_syn_list.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/report/report.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

/// A client that is refused at once, under a policy: what left because of its SYN.
struct Refused {
  Texts departed;
  std::vector<LateSyn> late;
  Report report;
};

Refused refused(const std::string& rules) {
  const Policy policy = parse_policy("about = \"a\"\n" + rules, "p.toml");
  Engine engine(SharedPolicy::borrowed(policy), 1);
  Actions out;
  const Packet syn =
      build({.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}});
  const Packet rst =
      build({.from = kServer, .to = kClient, .ack = Seq{101}, .flags = {.rst = true, .ack = true}});
  engine.on_packet(Time(0s), {.bytes = syn.bytes}, out);
  engine.on_packet(Time(10ms), {.bytes = rst.bytes}, out);
  for (auto next = engine.next_wakeup(); next; next = engine.next_wakeup()) {
    engine.on_time(*next, out);
  }
  Refused result;
  LateSynList late_syns;
  for (const Action& action : out) {
    const auto* note = std::get_if<Note>(&action);
    if (note != nullptr) late_syns.hear(*note);
    const auto* departed = note == nullptr ? nullptr : std::get_if<Departed>(note);
    if (departed == nullptr || departed->segment.kind != SegmentKind::syn) continue;
    result.departed.push_back(fmt::format("{} {} by \"{}\", changed by [{}]",
                                          in_seconds(departed->at), name(departed->origin),
                                          departed->rule, fmt::join(departed->changed_by, " ")));
  }
  result.late = late_syns.all();
  result.report.late_syns = result.late;
  add(engine, result.report);
  judge(policy, result.report);
  return result;
}

constexpr const char* kFirst =
    "[[rule]]\nname = \"first\"\nwhen = { segment = \"syn\", copy = 1 }\ndo = \"replay\"\n"
    "after = \"200ms\"\n";
constexpr const char* kMarked = "[[rule]]\nname = \"marked\"\ndo = \"rewrite\"\ndscp = 10\n";

}  // namespace

TEST_CASE("a copy is noted with the rule that made it, and with the one that only changed it") {
  const Refused r = refused(std::string(kFirst) + kMarked +
                            "[[expect]]\nof = \"first\"\ncount = 1\n[[expect]]\nof = \"first\"\n"
                            "matched = 1\n");
  CHECK(r.departed == Texts{"0 original by \"\", changed by [marked]",
                            "0.21 copy by \"first\", changed by [marked]"});
  REQUIRE(r.late.size() == 1);
  CHECK(r.late[0].rule == "first");
  CHECK(r.late[0].changed_by == Texts{"marked"});
  CHECK(r.report.passed());
}

TEST_CASE("two rules that each make a late SYN of one segment are told apart") {
  const Refused r =
      refused(std::string(kFirst) +
              "[[rule]]\nname = \"second\"\nwhen = { segment = \"syn\", copy = 1 }\n"
              "acts_on = \"original\"\ndo = \"replay\"\nafter = \"600ms\"\n"
              "[[expect]]\nof = \"first\"\ncount = 1\n[[expect]]\nof = \"second\"\ncount = 1\n");
  CHECK(r.departed == Texts{"0 original by \"\", changed by []",
                            "0.21 copy by \"first\", changed by []",
                            "0.61 copy by \"second\", changed by []"});
  CHECK(r.report.passed());
}

TEST_CASE("each rule's matches and departures are counted, and one that matched nothing is named") {
  const Refused r = refused(std::string(kFirst) + kMarked +
                            "[[rule]]\nname = \"never\"\nwhen = { segment = \"fin\" }\n"
                            "do = \"drop\"\n[[expect]]\nof = \"never\"\nmatched = \">= 1\"\n");
  CHECK(r.report.rules ==
        std::vector<RuleCount>{{"first", 1, 1, 1}, {"marked", 2, 0, 0}, {"never", 0, 0, 0}});
  CHECK_FALSE(r.report.passed());
  CHECK(to_text(r.report).find("rules:\n"
                               "    matched       made  let leave\n"
                               "          1          1          1  \"first\"\n"
                               "          2          0          0  \"marked\"\n"
                               "          0          0          0  \"never\", which never matched\n"
                               "FAIL  \"never\" matches 1 segment or more\n"
                               "      found: 0 segments matched\n") != std::string::npos);
}

TEST_CASE("no SYN came late is said only where one could have") {
  const auto said = [](const std::string& rules) {
    const Policy policy = parse_policy("about = \"a\"\n" + rules, "p.toml");
    Report report{.counters = {.packets = 1}};
    judge(policy, report);
    return to_text(report);
  };
  CHECK(said("[[rule]]\ndo = \"drop\"") == "");
  CHECK(said("[[rule]]\ndo = \"hold\"") == "No SYN came late.\n");
}

TEST_CASE("a policy about nobody's traffic says so") {
  CHECK(to_text(Report{}) ==
        "Not one segment of the policy's traffic was seen: look at the addresses and ports in "
        "[traffic].\n");
  const Report elsewhere{.rules = {{"stuck", 0, 0, 0}}, .counters = {.packets = 3}};
  CHECK(to_text(elsewhere).find("No rule matched any segment.\n") != std::string::npos);
}

TEST_CASE("of very many rules those that never matched are told first") {
  Report report{.counters = {.packets = 1}};
  for (int i = 0; i < 30; ++i) {
    report.rules.push_back({.rule = fmt::format("r{}", i), .matched = i == 29 ? 0U : 1U});
  }
  const std::string text = to_text(report);
  CHECK(text.find("\"r29\", which never matched") != std::string::npos);
  CHECK(text.find("\"r18\"") != std::string::npos);
  CHECK(text.find("\"r19\"") == std::string::npos);
  CHECK(text.find("… and 10 more") != std::string::npos);
}

}  // namespace latesyn::test
