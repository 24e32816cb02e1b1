#include "proxy/notes/note_text.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/notes.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("A line says when, which connection, which segment and what was decided") {
  CHECK(note_line(held_syn()) ==
        "    1.500000  #3    10.1.0.2:4000 - 10.2.0.2:80  from the client <SEQ=100><CTL=SYN>: "
        "captured by \"stuck\": it leaves for the server 2s after its connection is closed");
  CHECK(note_line(late_syn_departed()) ==
        "    4.000000  #3    10.1.0.2:4000 - 10.2.0.2:80  from the client <SEQ=100><CTL=SYN> "
        "stale: leaves for the server 2.5s after it came, by \"stuck\"");
  CHECK(note_line(closed_connection()) ==
        "    2.000000  #3    10.1.0.2:4000 - 10.2.0.2:80  closed; 1 waiting for that");
  CHECK(note_line(reset_late_syn()) ==
        "    4.000000  #3    10.1.0.2:4000 - 10.2.0.2:80  late SYN 1 (\"stuck\"): reset");
}

TEST_CASE("What no rule matched has just passed") {
  CHECK(decision_text(Arrived{.at = {}, .segment = some_syn(), .rules = {}, .planned = {}}) ==
        "passed");
}

TEST_CASE("What is dropped names the rule that dropped it, not the others that matched") {
  Arrived note = held_syn();
  note.fate = Fate::dropped;
  note.rules = {"one", "two"};
  note.rule = "one";
  CHECK(decision_text(note) == "dropped by \"one\"");
}

TEST_CASE("Of many copies the first three are told one by one") {
  Arrived note = held_syn();
  note.planned = {{}, {.origin = Origin::copy, .after = 5ms}};
  note.planned.resize(12, {.origin = Origin::copy, .once = Trigger::released});
  CHECK(decision_text(note) ==
        "captured by \"stuck\": it leaves for the server at once, a copy leaves for the server in "
        "5ms, a copy leaves for the server when it is released by hand, and 9 more");
}

TEST_CASE("An ICMP error is called so, and what it is about stands in front") {
  CHECK(note_line(late_error()) ==
        "    1.800000  #3    10.1.0.2:4000 - 10.2.0.2:80  from the client <SEQ=100><CTL=SYN>: an "
        "ICMP host-unreachable about it leaves for the client 0.300000 s after it came, by \"late "
        "error\"");
  Arrived note = held_syn();
  note.planned = {{}, {.to = Side::client, .after = 300ms, .icmp = Unreachable::host}};
  CHECK(decision_text(note) ==
        "captured by \"stuck\": it leaves for the server at once, an ICMP host-unreachable leaves "
        "for the client in 300ms");
}

TEST_CASE("A late SYN that has just left has no answer yet") {
  Judged note = reset_late_syn();
  note.late_syn.outcome = Outcome::ignored;
  CHECK(note_line(note).ends_with("late SYN 1 (\"stuck\"): no answer yet"));
}

TEST_CASE("A copy of what was forged is called so") {
  Departed note = late_syn_departed();
  note.origin = Origin::forged_copy;
  CHECK(decision_text(note) ==
        "a copy of what is forged leaves for the server 2.5s after it came, by \"stuck\"");
}

TEST_CASE("Where several rules matched, each departure names its own") {
  Arrived note = held_syn();
  note.rules = {"marked", "stuck"};
  note.planned[0].changed_by = {"marked"};
  CHECK(decision_text(note) ==
        "captured by \"marked\", \"stuck\": it leaves for the server 2s after its connection is "
        "closed (by \"stuck\", changed by \"marked\")");
  Departed departed = late_syn_departed();
  departed.changed_by = {"marked", "slow"};
  CHECK(decision_text(departed) ==
        "leaves for the server 2.5s after it came, by \"stuck\", changed by \"marked\", "
        "\"slow\"");
  departed.rule.clear();
  CHECK(decision_text(departed).ends_with("s after it came, changed by \"marked\", \"slow\""));
}

TEST_CASE("A forged answer is called so") {
  Departed note = late_syn_departed();
  note.origin = Origin::forged;
  CHECK(decision_text(note) ==
        "a forged answer leaves for the server 2.5s after it came, by \"stuck\"");
}

TEST_CASE("What is discarded by hand has a line, and is told of with those alike") {
  CHECK(note_line(discarded_by_hand()) ==
        "    5.000000  #3    10.1.0.2:4000 - 10.2.0.2:80  from the client <SEQ=100><CTL=SYN>: "
        "discarded by hand 3.5s after it came, held by \"stuck\"");
  CHECK(kind_text(discarded_by_hand()) == "#3, syn from the client: discarded by hand");
}

TEST_CASE("A release, a switch and a reload have lines of their own") {
  CHECK(note_line(rule_switched_off()) == "    5.500000  switched off \"stuck\"");
  CHECK(note_line(released_by_hand()) == "    5.000000  released by hand: 3");
  CHECK(note_line(another_policy()) == "    6.000000  reloaded p.toml");
}

TEST_CASE("Notes that are alike have a text in common, without times and numbers") {
  CHECK(kind_text(held_syn()) == "#3, syn from the client: captured by \"stuck\"");
  CHECK(kind_text(late_syn_departed()) ==
        "#3, syn from the client: departures for the server by \"stuck\"");
  CHECK(kind_text(reset_late_syn()) == note_line(reset_late_syn()));
}

}  // namespace
}  // namespace latesyn::test
