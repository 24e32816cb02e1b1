// In which order queue, firewall and connection tracking follow a policy, and what is left where
// one of them fails.

#include "proxy/run/interception.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

namespace latesyn::test {
namespace {

using Lines = std::vector<std::string>;

constexpr Plan kSeen{.take = Take::all, .icmp = true};
constexpr Plan kSpliced{.take = Take::all, .icmp = true, .splice = true};
const Traffic kAny, kInsists{.translate = Translate::kernel};

std::string name(const Plan& plan) { return plan.splice ? "behind tracking" : "ahead of tracking"; }

/// Writes down what is done, and fails at the steps that it is told of.
struct Steps {
  Lines done, failing;

  void step(const std::string& what) {
    const bool fails = std::ranges::find(failing, what) != failing.end();
    done.push_back(what + (fails ? ": fails" : ""));
    if (fails) throw std::runtime_error("could not: " + what);
  }
  Interception::Hands hands() {
    return {
        .open_tracking = [this] { step("open tracking"); },
        .offer_splices = [this](bool offered) { step(offered ? "offer" : "offer no more"); },
        .use_settings = [this](const Plan& plan) { step("settings " + name(plan)); },
        .set_rules = [this](const Plan& plan, const Traffic&) { step("rules " + name(plan)); },
        .begin_move = [this] { step("begin move"); },
        .end_move = [this] { step("end move"); },
    };
  }
  Lines take() { return std::exchange(done, {}); }
};

struct Begun {
  explicit Begun(const Plan& plan) : interception(plan, steps.hands()) {
    interception.begin(kAny);
    steps.take();
  }
  Steps steps;
  Interception interception;
};

}  // namespace

TEST_CASE("The kernel is offered flows before the rules stand that let their data by") {
  Steps steps;
  Interception interception(kSpliced, steps.hands());
  interception.begin(kAny);
  CHECK(steps.take() == Lines{"offer", "rules behind tracking"});
  CHECK(interception.plan() == kSpliced);
}

TEST_CASE("Where the kernel can't translate we do, unless the policy insists") {
  for (const std::string step : {"offer", "rules behind tracking"}) {
    Steps steps;
    steps.failing = {step};
    Interception interception(kSpliced, steps.hands());
    CHECK_THROWS(interception.begin(kInsists));
    steps.take();
    interception.begin(kAny);
    Lines done = steps.take();
    CHECK(Lines(done.end() - 2, done.end()) == Lines{"offer no more", "rules ahead of tracking"});
    CHECK(interception.plan() == kSeen);
  }
}

TEST_CASE("What the kernel translates is ours again before packets are seen ahead of it") {
  Begun b(kSpliced);
  b.interception.change(kSeen, kAny);
  CHECK(b.steps.take() == Lines{"begin move", "settings ahead of tracking", "offer no more",
                                "rules ahead of tracking", "end move"});
  CHECK(b.interception.plan() == kSeen);
}

TEST_CASE("The kernel is offered flows once packets are seen behind it") {
  Begun b(kSeen);
  b.interception.change(kSpliced, kAny);
  CHECK(b.steps.take() == Lines{"open tracking", "begin move", "settings behind tracking",
                                "rules behind tracking", "offer", "end move"});
  CHECK(b.interception.plan() == kSpliced);
}

TEST_CASE("Where the rules stay in their table nothing moves") {
  Begun b(kSeen);
  b.interception.change({.take = Take::control}, kAny);
  CHECK(b.steps.take() ==
        Lines{"settings ahead of tracking", "offer no more", "rules ahead of tracking"});
}

TEST_CASE("Where rules can't be changed, what is taken in is as before") {
  Begun b(kSpliced);
  b.steps.failing = {"rules ahead of tracking"};
  CHECK_THROWS_WITH(b.interception.change(kSeen, kAny), "could not: rules ahead of tracking");
  CHECK(b.steps.take() == Lines{"begin move", "settings ahead of tracking", "offer no more",
                                "rules ahead of tracking: fails", "settings behind tracking",
                                "offer", "end move"});
  CHECK(b.interception.plan() == kSpliced);
}

TEST_CASE("A policy can be changed also where the kernel can't translate, unless it insists") {
  Begun b(kSeen);
  b.steps.failing = {"open tracking"};
  b.interception.change(kSpliced, kAny);
  CHECK(b.steps.take() == Lines{"open tracking: fails", "settings ahead of tracking",
                                "offer no more", "rules ahead of tracking"});
  CHECK(b.interception.plan() == kSeen);
  // Nothing has been done yet that would have to be taken back.
  CHECK_THROWS_WITH(b.interception.change(kSpliced, kInsists), "could not: open tracking");
  CHECK(b.steps.take() == Lines{"open tracking: fails"});
  CHECK(b.interception.plan() == kSeen);
}

}  // namespace latesyn::test
