#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/impair.hpp"

namespace latesyn::test {
namespace {

Packet data() {
  return build({.from = kClient,
                .to = kServer,
                .seq = Seq{101},
                .ack = Seq{301},
                .flags = {.ack = true},
                .payload_size = 10});
}

Packet rst(const Endpoint& from, const Endpoint& to, std::uint32_t seq) {
  return build({.from = from, .to = to, .seq = Seq{seq}, .flags = {.rst = true}, .window = 0});
}

std::vector<std::pair<Side, Packet>> reset(const std::string& to, const Packet& packet) {
  const Departures out = applied(*make("reset", {{"to", to}}), {.packet = packet});
  std::vector<std::pair<Side, Packet>> left;
  for (const Departure& d : out) left.emplace_back(d.to, d.packet);
  return left;
}

}  // namespace

TEST_CASE("reset gives each end the RST that it believes: the next number that it waits for") {
  CHECK(reset("both", data()) == std::vector{std::pair{Side::server, rst(kClient, kServer, 101)},
                                             std::pair{Side::client, rst(kServer, kClient, 301)}});
}

TEST_CASE("reset can leave one end without a RST") {
  CHECK(reset("receiver", data()) ==
        std::vector{std::pair{Side::server, rst(kClient, kServer, 101)}});
  CHECK(reset("sender", data()) ==
        std::vector{std::pair{Side::client, rst(kServer, kClient, 301)}});
}

TEST_CASE(
    "in the place of a SYN-ACK a client gets a RST with an ACK of its SYN, or it ignores it") {
  const Packet syn_ack = build({.from = kServer,
                                .to = kClient,
                                .seq = Seq{300},
                                .ack = Seq{101},
                                .flags = {.syn = true, .ack = true}});
  const Packet refusal = build({.from = kServer,
                                .to = kClient,
                                .seq = Seq{301},
                                .ack = Seq{101},
                                .flags = {.rst = true, .ack = true},
                                .window = 0});
  CHECK(reset("receiver", syn_ack) == std::vector{std::pair{Side::server, refusal}});
  CHECK(reset("sender", syn_ack) ==
        std::vector{std::pair{Side::client, rst(kClient, kServer, 101)}});
}

TEST_CASE("in the place of a SYN a server that has had it gets the RST that it believes") {
  const Packet syn =
      build({.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}});
  CHECK(reset("receiver", syn) == std::vector{std::pair{Side::server, rst(kClient, kServer, 101)}});
}

TEST_CASE("the sender of a SYN is reset as a closed port does it") {
  const Packet syn =
      build({.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}});
  const Packet refusal = build({.from = kServer,
                                .to = kClient,
                                .ack = Seq{101},
                                .flags = {.rst = true, .ack = true},
                                .window = 0});
  CHECK(reset("sender", syn) == std::vector{std::pair{Side::client, refusal}});
}

}  // namespace latesyn::test
