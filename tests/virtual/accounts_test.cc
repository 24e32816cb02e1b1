// Every packet is counted once, by what became of it when it came.

#include <catch2/catch.hpp>

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {

TEST_CASE("a SYN that was captured, and ends at latesyn when it leaves, is counted once") {
  Engine engine(policy_of("about = \"a\"\n[traffic]\nhandshake = \"server-first\"\n"
                          "[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"delay\"\nby = \"1s\"\n"),
                1);
  const Packet syn =
      build({.from = kClient, .to = kServer, .seq = Seq{100}, .ack = {}, .flags = {.syn = true}});
  Actions out;
  CHECK(engine.on_packet(Time(), {.bytes = syn.bytes}, out) == Verdict::drop);
  engine.on_time(engine.next_wakeup().value(), out);
  CHECK(engine.counters() == Counters{.packets = 1, .captured = 1, .departures_ended = 1});
}

}  // namespace latesyn::test
