#include "proxy/packet/checksum.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/impair.hpp"

namespace latesyn::test {
namespace {

Packet syn_ack(std::optional<Timestamps> timestamps) {
  return build({.from = kServer,
                .to = kClient,
                .seq = Seq{300},
                .ack = Seq{101},
                .flags = {.syn = true, .ack = true},
                .timestamps = timestamps});
}

Departures confirmed(const Packet& packet) {
  return applied(*make("confirm"), {.packet = packet, .to = Side::client});
}

Packet third_ack(std::optional<Timestamps> timestamps) {
  return build({.from = kClient,
                .to = kServer,
                .seq = Seq{101},
                .ack = Seq{301},
                .flags = {.ack = true},
                .timestamps = timestamps});
}

}  // namespace

TEST_CASE("confirm answers a SYN-ACK in the client's place, and the client never sees it") {
  const Departures out = confirmed(syn_ack(std::nullopt));
  REQUIRE(out.size() == 1);
  CHECK(text(out[0], third_ack(std::nullopt)) == "forged to server once arrived after 0s");
}

TEST_CASE("confirm echoes the server's timestamp, and sends the one that the server echoed") {
  const Departures out = confirmed(syn_ack(Timestamps{.value = 7000, .echo = 50}));
  REQUIRE(out.size() == 1);
  CHECK(out[0].packet == third_ack(Timestamps{.value = 50, .echo = 7000}));
}

TEST_CASE("confirm is for SYN-ACKs only") {
  CHECK(find_impairment("confirm")->meant_for == SegmentKinds().add(SegmentKind::syn_ack));
}

}  // namespace latesyn::test
