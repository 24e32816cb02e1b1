#include "proxy/watch/event_log.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/notes.hpp"
#include "tests/unit/text_of.hpp"

namespace latesyn::test {
namespace {

const std::string kSegment =
    R"("client":"10.1.0.2:4000","server":"10.2.0.2:80","connection":3,"from":"client",)"
    R"("segment":"syn","flags":"SYN","seq":7000,"ack":0,"shown_seq":100,"shown_ack":0,)"
    R"("payload":0,"copy":1,)";

TEST_CASE("An arrival's event has the segment, its fate, the rules and what is planned") {
  CHECK(event_line(held_syn()) ==
        R"({"event":"arrived","at":1.5,)" + kSegment +
            R"("incarnation":"current","fate":"captured","rules":["stuck"],"rule":"stuck",)"
            R"("departures":[{"to":"server","origin":"original","changed":false,)"
            R"("once":"closed","after":2.0,"rule":"stuck","changed_by":[]}]})");
}

TEST_CASE("A departure's event has where to, why and since when") {
  CHECK(event_line(late_syn_departed()) ==
        R"({"event":"departed","at":4.0,)" + kSegment +
            R"("incarnation":"stale","to":"server","origin":"original",)"
            R"("changed":false,"rule":"stuck","changed_by":[],"arrived":1.5,"at_once":false})");
}

TEST_CASE("An ICMP error's event has what it says, and the segment that it is about") {
  const std::string about = kSegment + R"("incarnation":"current")";
  CHECK(event_line(late_error()) ==
        R"({"event":"icmp","at":1.8,"error":"host-unreachable","to":"client","rule":"late error",)"
        R"("changed_by":[],)"
        R"("arrived":1.5,"at_once":false,"about":{)" +
            about + "}}");
  Arrived note = held_syn();
  note.planned = {{.to = Side::client, .origin = Origin::forged, .icmp = Unreachable::port}};
  CHECK(event_line(note).ends_with(
      R"("departures":[{"to":"client","origin":"forged","changed":false,"once":"arrived",)"
      R"("after":0.0,"rule":null,"changed_by":[],"icmp":"port-unreachable"}]})"));
}

TEST_CASE("A trigger's event has the connection and how many it wakes") {
  CHECK(event_line(closed_connection()) ==
        R"({"event":"triggered","at":2.0,"client":"10.1.0.2:4000","server":"10.2.0.2:80",)"
        R"("connection":3,"trigger":"closed","woken":1})");
}

TEST_CASE("A judgement's event has the late SYN as the report has it") {
  CHECK(event_line(reset_late_syn()) ==
        R"({"event":"judged","at":4.0,"id":1,"rule":"stuck","changed_by":[],"connection":3,)"
        R"("client":"10.1.0.2:4000","server":"10.2.0.2:80","arrived_s":1.5,"departed_s":4.0,)"
        R"("held_s":2.5,"server_answer":null,"client_answer":null,"outcome":"reset",)"
        R"("server_state_s":0.0,"server_state_ended":true,"reached_application":false})");
}

TEST_CASE("What is discarded by hand has an event with the segment, and whose it was") {
  CHECK(event_line(discarded_by_hand()) ==
        R"({"event":"discarded","at":5.0,)" + kSegment +
            R"("incarnation":"current","to":"server","origin":"original","rule":"stuck",)"
            R"("arrived":1.5})");
}

TEST_CASE("A release by hand and a reload are events of their own") {
  CHECK(event_line(released_by_hand()) == R"({"event":"released","at":5.0,"woken":3})");
  CHECK(event_line(another_policy()) == R"({"event":"reloaded","at":6.0,"policy":"p.toml"})");
}

TEST_CASE("Times are written to the nanosecond") {
  Triggered note = closed_connection();
  note.at = Time(Duration(100'000'123'456'789));
  CHECK(event_line(note).starts_with(R"({"event":"triggered","at":100000.123456789,)"));
}

TEST_CASE("docs/events.md is what `latesyn events` makes of the fields") {
  CHECK(text_of("docs/events.md") == events_page());
}

}  // namespace
}  // namespace latesyn::test
