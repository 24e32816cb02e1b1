#include "proxy/intercept/plan.hpp"

#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

/// What a policy with these rules takes in.
Plan plan_of(std::string_view rules) {
  return make_plan(policy_of("about = \"a\"\n" + std::string(rules)), kRouter);
}

Plan plan_for(std::string_view when, std::string_view impairment) {
  return plan_of("[[rule]]\nwhen = {" + std::string(when) + "}\n" + std::string(impairment));
}

constexpr Plan kControl{.take = Take::control, .copy_bytes = 0xffff, .gso = true};
constexpr Plan kBare{.take = Take::bare, .copy_bytes = 0xffff, .gso = true};

const std::string kDrop = "do = \"drop\"", kHold = "do = \"hold\"\nuntil = \"closed\"",
                  kDuplicate = "do = \"duplicate\"", kConfirm = "do = \"confirm\"",
                  kEstablished = "do = \"hold\"\nuntil = \"established\"";

}  // namespace

TEST_CASE("a policy without rules takes nothing in") {
  CHECK(plan_of("").take == Take::nothing);
  CHECK(plan_of("").gso);
}

TEST_CASE("a rule that drops control segments needs no more than their headers") {
  CHECK(plan_for("segment = \"syn\", copy = 1", kDrop) ==
        Plan{.take = Take::control, .copy_bytes = 256, .gso = true});
  CHECK(plan_for("segment = [\"syn-ack\", \"rst\"], incarnation = \"stale\"", kDrop) ==
        Plan{.take = Take::control, .copy_bytes = 256, .gso = true});
}

TEST_CASE("flags that demand a control segment are as good as its name") {
  CHECK(plan_for("flags = \"RST RST\"", kHold) == kControl);
  CHECK(plan_for("flags = \"ACK ACK\"", kDrop).take == Take::all);
  CHECK(plan_for("flags = \"SYN NONE\"", kDrop).take == Take::all);
}

TEST_CASE("a SYN that comes after its connection is answered by what a bare plan sees") {
  CHECK(plan_for("segment = \"syn\", copy = 1", kHold) == kBare);
  CHECK(plan_for("segment = \"syn\"", "do = \"replay\"") == kBare);
}

TEST_CASE("a SYN that comes into an open connection needs everything") {
  CHECK(plan_for("segment = \"syn\"", kDuplicate) ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = true});
  CHECK(plan_for("segment = \"syn\"", "do = \"hold\"\nuntil = \"released\"").take == Take::all);
}

TEST_CASE("what is forged for later needs everything, for its numbers are those of that moment") {
  const std::string rst = "do = \"forge\"", reset = "do = \"reset\"";
  CHECK(plan_for("segment = \"syn-ack\"", rst).take == Take::control);
  CHECK(plan_for("segment = \"syn-ack\"", rst + "\nafter = \"1s\"").take == Take::all);
  CHECK(plan_for("segment = \"syn-ack\"", rst + "\nonce = \"closed\"").take == Take::all);
  CHECK(plan_for("segment = \"syn-ack\"", rst + "\nonce = \"closed\"\nflags = \"SYN,ACK\"").take !=
        Take::all);
  CHECK(plan_for("segment = \"syn-ack\"", reset).take == Take::control);
  const std::string delay = "\n[[rule]]\ndo = \"hold\"\nwhen = { segment = ";
  CHECK(plan_for("segment = \"syn-ack\"", reset + delay + "\"syn-ack\" }").take == Take::all);
  CHECK(plan_for("segment = \"rst\"", reset + delay + "\"syn-ack\" }").take == Take::control);
  CHECK(plan_for("segment = \"syn-ack\"", reset + delay + "\"syn-ack\" }\nacts_on = \"original\"")
            .take == Take::control);
}

TEST_CASE("the ACK that completes a handshake may carry data, so its trigger needs everything") {
  CHECK(plan_for("segment = \"rst\"", kEstablished) ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = true});
}

TEST_CASE("a captured SYN-ACK is captured whole") { CHECK(plan_for("", kConfirm) == kControl); }

TEST_CASE("a rule on a FIN turns offload off, because a FIN ends a bundle of data") {
  CHECK(plan_for("segment = \"fin\"", kDrop) ==
        Plan{.take = Take::control, .copy_bytes = 256, .gso = false});
  CHECK(plan_for("flags = \"FIN FIN\"", kDrop).gso == false);
  CHECK(plan_for("flags = \"SYN SYN\"", kDrop).gso);
}

TEST_CASE("a rule that drops data hits segments, and needs no more than their headers") {
  CHECK(plan_for("segment = \"data\"", kDrop) ==
        Plan{.take = Take::all, .copy_bytes = 256, .gso = false});
}

TEST_CASE("a rule that delays data needs all of it") {
  CHECK(plan_for("segment = \"data\"", "do = \"delay\"\nby = \"1ms\"") ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = false});
  CHECK(plan_for("", "do = \"delay\"\nby = \"1ms\"\njitter = \"1us\"") ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = false});
}

TEST_CASE("bundles of segments that wait alike wait as a whole, and their headers are enough") {
  const std::string delay = "do = \"delay\"\nby = \"1ms\"";
  const Plan bundles{.take = Take::all, .copy_bytes = 256, .gso = true};
  CHECK(plan_for("", delay) == bundles);
  CHECK(plan_for("connection = 2, incarnation = \"current\"", kHold) == bundles);
  for (const char* part : {"segment = \"data\"", "probability = 0.5", "copy = 1", "ecn = \"ce\"",
                           "position = \"0-50\"", "payload = 10", "flags = \"PSH PSH\""}) {
    INFO(part);
    CHECK_FALSE(plan_for(part, delay).gso);
  }
}

TEST_CASE("only what the kernel keeps may be a bundle") {
  const std::string rule = "[[rule]]\ndo = \"delay\"\nby = \"1ms\"\n";
  const Policy policy = policy_of("about = \"a\"\n" + rule);
  Stand keeps_nothing = kRouter;
  keeps_nothing.can_park = false;
  CHECK_FALSE(make_plan(policy, keeps_nothing).gso);
  CHECK_FALSE(plan_of("[traffic]\nhandshake = \"server-first\"\n" + rule).gso);
  CHECK(plan_of("[[rule]]\nwhen = { segment = \"syn\" }\n" + kDuplicate + "\n" + rule) ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = true});
}

TEST_CASE("where connection tracking does not see both directions it translates nothing") {
  const Policy policy = policy_of("about = \"a\"\n[traffic]\nhandshake = \"client-first\"\n");
  Stand half_seen = kRouter;
  half_seen.can_splice = false;
  Plan plan = make_plan(policy, kRouter);
  plan.splice = plan.shifts_clocks = false;
  CHECK(make_plan(policy, half_seen) == plan);
}

TEST_CASE("a rule on plain ACKs needs everything, and leaves offload on") {
  CHECK(plan_for("segment = \"ack\", incarnation = \"stale\"", kDrop) ==
        Plan{.take = Take::all, .copy_bytes = 256, .gso = true});
}

TEST_CASE("the rule that needs most decides") {
  const auto rule = [](std::string_view when, const std::string& impairment) {
    return "[[rule]]\nwhen = {" + std::string(when) + "}\n" + impairment + "\n";
  };
  CHECK(plan_of(rule("segment = \"data\"", kDrop) + rule("segment = \"syn\"", kHold)) ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = false});
  CHECK(plan_of(rule("segment = \"syn\"", kHold) + rule("", kConfirm)) == kBare);
}

TEST_CASE("a rule that changes nothing may see bundles of segments, from their headers") {
  CHECK(plan_of("[[rule]]\ndo = \"delay\"\nby = \"0s\"\n") ==
        Plan{.take = Take::all, .copy_bytes = 256, .gso = true});
}

TEST_CASE("a plan takes what it says") {
  const Flags syn{.syn = true}, ack{.ack = true}, fin{.fin = true, .ack = true}, rst{.rst = true};
  const Flags pushed{.psh = true, .ack = true};
  const auto taken = [&](Take take) {
    const Plan plan{.take = take};
    return std::vector<bool>{takes(plan, syn, 60),     takes(plan, fin, 60'000),
                             takes(plan, rst, 40),     takes(plan, ack, 52),
                             takes(plan, ack, 120),    takes(plan, ack, 121),
                             takes(plan, ack, 60'000), takes(plan, pushed, 53)};
  };
  CHECK(taken(Take::nothing) == std::vector<bool>{0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(taken(Take::control) == std::vector<bool>{1, 1, 1, 0, 0, 0, 0, 0});
  CHECK(taken(Take::bare) == std::vector<bool>{1, 1, 1, 1, 1, 0, 0, 0});
  CHECK(taken(Take::all) == std::vector<bool>{1, 1, 1, 1, 1, 1, 1, 1});
}

TEST_CASE("a handshake of ours takes in what it needs: the SYNs to refuse, everything to join") {
  const auto of_mode = [](const std::string& mode) {
    return plan_for("", "do = \"handshake\"\nmode = \"" + mode + "\"");
  };
  CHECK(of_mode("refuse") == kControl);
  CHECK(of_mode("silent") == kControl);
  CHECK(of_mode("two-way") == kBare);
  CHECK(of_mode("split") ==
        Plan{.take = Take::all, .copy_bytes = 0xffff, .gso = true, .icmp = true, .splice = true});
  CHECK(plan_of("[traffic]\nhandshake = \"client-first\"").take == Take::all);
}

TEST_CASE("the kernel may translate where no rule needs data, and the policy does not forbid it") {
  const auto spliced = [](const std::string& more) {
    return plan_of("[traffic]\nhandshake = \"client-first\"\n" + more).splice;
  };
  const std::string rule = "[[rule]]\nwhen = {";
  CHECK(spliced(""));
  CHECK(spliced("translate = \"kernel\""));
  CHECK_FALSE(spliced("translate = \"user\""));
  CHECK(spliced(rule + "segment = \"rst\"}\n" + kDrop));
  CHECK_FALSE(spliced(rule + "segment = \"data\"}\n" + kDrop));
  CHECK_FALSE(spliced(rule + "segment = \"fin\"}\n" + kDrop));
  CHECK_FALSE(spliced(rule + "segment = \"syn\"}\n" + kHold));
  CHECK_FALSE(plan_of("[traffic]\nhandshake = \"refuse\"").splice);
}

TEST_CASE("only client-first has timestamps to shift") {
  CHECK(plan_of("[traffic]\nhandshake = \"client-first\"").shifts_clocks);
  CHECK_FALSE(plan_of("[traffic]\nhandshake = \"server-first\"").shifts_clocks);
}

}  // namespace latesyn::test
