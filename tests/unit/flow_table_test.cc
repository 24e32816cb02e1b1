#include "proxy/flows/flow_table.hpp"

#include <catch2/catch.hpp>

namespace latesyn::test {
namespace {

Endpoint end(std::string_view address, std::uint16_t port) {
  return {*IpAddress::parse(address), port};
}

/// So many flows between the same two hosts, of both families in turn.
FlowKey flow_number(std::uint16_t number) {
  const bool v4 = number % 2 == 0;
  return {end(v4 ? "10.1.0.2" : "fd00:1::2", number), end(v4 ? "10.2.0.2" : "fd00:2::2", 80)};
}

}  // namespace

TEST_CASE("a flow of either family is found by its two ends in either order") {
  FlowTable table(2000);
  for (std::uint16_t n = 0; n < 2000; ++n) REQUIRE(table.make(flow_number(n), Time{}) != nullptr);
  CHECK(table.size() == 2000);
  CHECK(table.make(flow_number(2000), Time{}) == nullptr);
  for (std::uint16_t n = 0; n < 2000; ++n) {
    const FlowKey key = flow_number(n);
    Flow* const flow = table.find(key.client, key.server);
    REQUIRE(flow != nullptr);
    REQUIRE(flow->connection.flow() == key);
    REQUIRE(table.find(key.server, key.client) == flow);
  }
}

TEST_CASE("ends that differ in a port, an address or the family are of another flow") {
  FlowTable table(1);
  table.make({end("10.1.0.2", 4000), end("10.2.0.2", 80)}, Time{});
  CHECK(table.find(end("10.1.0.2", 4000), end("10.2.0.2", 80)) != nullptr);
  CHECK(table.find(end("10.1.0.2", 80), end("10.2.0.2", 4000)) == nullptr);
  CHECK(table.find(end("10.1.0.3", 4000), end("10.2.0.2", 80)) == nullptr);
  CHECK(table.find(end("a01:2::", 4000), end("a02:2::", 80)) == nullptr);
}

TEST_CASE("flows that have been quiet for long make room, and the others stay") {
  FlowTable table(100);
  for (std::uint16_t n = 0; n < 100; ++n) table.make(flow_number(n), Time{});
  const Time later{std::chrono::minutes(5)};
  for (std::uint16_t n = 50; n < 100; ++n) {
    table.touch(*table.find(flow_number(n).client, flow_number(n).server), later);
  }
  for (std::uint16_t n = 100; n < 150; ++n) {
    REQUIRE(table.make(flow_number(n), later) != nullptr);
  }
  CHECK(table.make(flow_number(150), later) == nullptr);
  for (std::uint16_t n = 0; n < 150; ++n) {
    const bool found = table.find(flow_number(n).client, flow_number(n).server) != nullptr;
    REQUIRE(found == (n >= 50));
  }
}

TEST_CASE("where the table is full, what was asked longest ago and has no answer makes room") {
  FlowTable table(3);
  const auto at = [](int ms) { return Time(std::chrono::milliseconds(ms)); };
  const auto has = [&](std::uint16_t n) {
    return table.find(flow_number(n).client, flow_number(n).server) != nullptr;
  };
  for (std::uint16_t n = 0; n < 3; ++n) table.make(flow_number(n), at(n));
  ++table.find(flow_number(0).client, flow_number(0).server)->scheduled;
  // The oldest has something to come; the next is still asking.
  table.touch(*table.find(flow_number(1).client, flow_number(1).server), at(10));
  REQUIRE(table.make(flow_number(3), at(11)) != nullptr);
  CHECK((has(0) && has(1) && !has(2) && has(3)));
  CHECK(table.evicted() == 1);
  // Never one that was seen in the same moment.
  table.touch(*table.find(flow_number(1).client, flow_number(1).server), at(12));
  table.touch(*table.find(flow_number(3).client, flow_number(3).server), at(12));
  CHECK(table.make(flow_number(4), at(12)) == nullptr);
  CHECK(table.make(flow_number(4), at(13)) != nullptr);
}

TEST_CASE("a flow that the kernel translates is kept for days, and one without an answer briefly") {
  FlowTable table(100);
  const auto quiet_after = [&](std::uint16_t number, Duration quiet) {
    const Time later = Time{} + quiet;
    table.make(flow_number(number), later);
    table.make(flow_number(number + 2), later);
    return table.size();
  };
  Flow& spliced = *table.make(flow_number(0), Time{});
  spliced.handover = Handover::bypassed;
  table.touch(spliced, Time{});
  table.make(flow_number(1), Time{});
  using namespace std::chrono_literals;
  CHECK(quiet_after(10, 126s) == 4);
  CHECK(quiet_after(20, 127s) == 5);
  CHECK(table.find(flow_number(1).client, flow_number(1).server) == nullptr);
  quiet_after(30, 72h);
  CHECK(table.find(flow_number(0).client, flow_number(0).server) == &spliced);
  quiet_after(40, 121h);
  CHECK(table.find(flow_number(0).client, flow_number(0).server) == nullptr);
}

}  // namespace latesyn::test
